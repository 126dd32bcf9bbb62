import SMTP
import Testing

@Suite struct PasswordTests {
  @Test func isNeverPrinted() throws {
    let password = try #require(Password("hunter2"))
    var dumped = ""
    dump(["main": password], to: &dumped)
    for text in ["\(password)", String(reflecting: password), "\([password])", dumped] {
      #expect(!text.contains("hunter2"))
    }
  }

  @Test(arguments: ["", "a\0b", "a\nb", "a\r\n"]) func refusesWhatCannotBeSent(_ text: String) {
    #expect(Password(text) == nil)
  }
}
