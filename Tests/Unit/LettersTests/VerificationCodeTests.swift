import Campaigns
import Testing

@testable import Letters

@Suite struct VerificationCodeTests {
  private let some = (0..<200).map { VerificationCode(number: UInt64($0) * 487_123_457 + 7) }

  @Test func codesReadBackAsTheyAreReadOut() throws {
    let code = VerificationCode(number: 48_219_930_174)
    #expect(code.description == "4821 9930 174\(code.digits.last!)")  // Twelve digits have a last one.
    for text in [
      code.description, code.digits, "4821-9930-174\(code.digits.suffix(1))",
      " 4821.9930 174\(code.digits.suffix(1))\u{A0}",
    ] {
      #expect(try VerificationCode(parsing: text) == code)
    }
    #expect(VerificationCode(number: 12).description.hasPrefix("0000 0000 012"))
  }

  /// Damm's own example: 572 has the check digit 4.
  @Test func theCheckDigitIsDamms() {
    #expect(VerificationCode(number: 572).digits == "000000005724")
  }

  @Test func everyWrongDigitShows() {
    for code in some {
      for index in 0..<12 {
        for digit in "0123456789" where Array(code.digits)[index] != digit {
          var digits = Array(code.digits)
          digits[index] = digit
          #expect(throws: VerificationCode.Fault.checkDigit) { try VerificationCode(parsing: String(digits)) }
        }
      }
    }
  }

  @Test func everyTwoSwappedNeighboursShow() {
    for code in some {
      for index in 0..<11 where Array(code.digits)[index] != Array(code.digits)[index + 1] {
        var digits = Array(code.digits)
        digits.swapAt(index, index + 1)
        #expect(throws: VerificationCode.Fault.checkDigit) { try VerificationCode(parsing: String(digits)) }
      }
    }
  }

  @Test(arguments: [
    ("", VerificationCode.Fault.notDigits), ("4821 9930 174O", .notDigits), ("4821 9930", .length(8)),
    ("4821 9930 1740 1", .length(13)), ("٤٨٢١", .notDigits),
  ])
  func whatIsNoCode(_ text: String, _ fault: VerificationCode.Fault) {
    #expect(throws: fault) { try VerificationCode(parsing: text) }
  }

  @Test func aCodeDependsOnKeyCampaignCustomerAndLetter() {
    let key = Array(repeating: UInt8(7), count: 32)
    let codes = [
      VerificationCodes(key: key, campaign: "a").code(of: "x", forCustomer: "1"),
      VerificationCodes(key: key, campaign: "a").code(of: "y", forCustomer: "1"),
      VerificationCodes(key: key, campaign: "a").code(of: "x", forCustomer: "2"),
      VerificationCodes(key: key, campaign: "b").code(of: "x", forCustomer: "1"),
      VerificationCodes(key: Array(repeating: 8, count: 32), campaign: "a").code(of: "x", forCustomer: "1"),
    ]
    #expect(Set(codes).count == 5)
    #expect(VerificationCodes(key: key, campaign: "a").code(of: "x", forCustomer: "1") == codes[0])
  }

  /// Five letters of 10,000 sharing a code would be a fault of the hash: one pair in 2,000 runs is what chance gives.
  @Test func codesOfManyCustomersDiffer() {
    let codes = (0..<10_000).map { Fixtures.codes.code(of: "password-change", forCustomer: "K\($0)") }
    #expect(Set(codes).count == 10_000)
    #expect(!codes.contains(.sample))
  }

  @Test func theSampleIsACodeThatNobodyHas() throws {
    #expect(try VerificationCode(parsing: "0000 0000 0000") == .sample)
    #expect(VerificationCodes.samples.code(of: "x", forCustomer: "1") == .sample)
  }

  @Test func eachLetterBearsItsCode() throws {
    let renderer = try Fixtures.renderer()
    for customer in Fixtures.customers(40) {
      let letter = try renderer.letter(for: customer)
      #expect(letter.code == Fixtures.codes.code(of: "password-change", forCustomer: customer.id))
      #expect(letter.text.contains(letter.code.description) && letter.html.contains(letter.code.description))
    }
  }
}
