import Campaigns
import Letters
import Mail
import Preview
import Testing

/// Previews are made as a launch makes letters.
@Suite struct PreviewMakerTests {
  @Test func aPreviewIsTheLetterAndItsMessage() throws {
    let maker = try Fixtures.maker()
    let customer = Fixtures.customer()
    let made = try maker.previewed("password-change", for: customer, reasons: ["emoji (1)"])
    #expect(made.customer == "1001" && made.reasons == ["emoji (1)"])
    #expect(try made.letter == maker.renderer.letter("password-change", for: customer))
    #expect(
      try made.bytes
        == maker.composer.bytes(for: made.letter, to: customer, date: Fixtures.date, encoding: .quotedPrintable))
    #expect(made.bytes.allSatisfy { $0 < 0x80 })
    #expect(try maker.previewed("password-change", for: customer).bytes == made.bytes)
  }

  @Test func aSignerSigns() throws {
    let maker = try Fixtures.maker(signer: LetterSigner(dkim: Fixtures.dkim()))
    let made = try maker.previewed("password-change", for: Fixtures.customer())
    #expect(String(decoding: made.bytes, as: UTF8.self).hasPrefix("DKIM-Signature: v=1;"))
  }

  @Test func aCustomerWithoutAnAddressGetsNoMessage() throws {
    let maker = try Fixtures.maker()
    #expect(throws: LetterError.self) {
      try maker.previewed("password-change", for: Fixtures.customer(contact: nil))
    }
  }

  @Test func filesAreNamedByLetterWhereThereAreSeveral() throws {
    let letter = try Fixtures.letter(for: Fixtures.customer(id: "77/ä"))
    #expect(letter.fileName(severalLetters: false) == "77%2F%C3%A4")
    #expect(letter.fileName(severalLetters: true) == "77%2F%C3%A4.password-change")
  }
}
