import Testing

/// The bundled letters, for more customers than ``BundledLetterTests`` and ``LetterLintTests`` have.
@Suite struct BundledLetterLongTests {
  @Test(arguments: BundledLetterTests.names) func haveNoFindings(_ name: String) throws {
    try BundledLetterTests.expectNoFindings(in: name, customers: 150)
  }

  @Test func customersTextsAreTakenOutAsTheOracleDoes() throws {
    try MaskComparison.expectAgreement(customers: 500, seed: 2)
  }

  @Test func areCleanInBothLanguages() throws { try LetterLintTests.expectCleanLetters(customers: 80) }
}
