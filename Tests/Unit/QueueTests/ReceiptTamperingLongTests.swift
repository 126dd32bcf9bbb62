import Testing

/// ``ReceiptTamperingTests`` with every byte and every bit of all 1,000 lines.
@Suite struct ReceiptTamperingLongTests {
  @Test func everyFlippedBitIsFoundAndItsLineNamed() async throws {
    let scene = try await ThousandReceipts()
    #expect(scene.lines.count == 1_000)
    let flips = try await TamperedReceipts(scene).expectFlippedBitsFound(in: Array(scene.lines.indices))
    #expect(flips == scene.lines.reduce(0) { $0 + ($1.count + 1) * 8 })
  }

  @Test func theFileCutAtEveryByteIsNamed() async throws {
    let scene = try await ThousandReceipts()
    try TamperedReceipts(scene).expectCutsNamed(in: Array(scene.lines.indices))
  }
}
