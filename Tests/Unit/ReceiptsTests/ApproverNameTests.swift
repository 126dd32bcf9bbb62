import Testing

@testable import Receipts

@Suite struct ApproverNameTests {
  @Test(arguments: [
    ("  Anna \u{A0} Beispiel ", "Anna Beispiel"), ("Ju\u{308}rgen Groß", "Jürgen Groß"), ("山田太郎", "山田太郎"),
    ("A", "A"), ("Dr. Ö. Müller-Lüdenscheidt (IT)", "Dr. Ö. Müller-Lüdenscheidt (IT)"),
    (String(repeating: "ü", count: 100), String(repeating: "ü", count: 100)),
  ])
  func isKeptInOneForm(_ typed: String, _ text: String) throws {
    #expect(try ApproverName(typed).text.unicodeScalars.elementsEqual(text.unicodeScalars))
  }

  @Test(arguments: [
    ("", "it is empty"), (" \u{A0}", "it is empty"), (String(repeating: "a", count: 101), "more than 100 characters"),
    ("1234", "no letter"), ("–", "no letter"), ("anna@kanzlei.example", "“@”"), ("Anna\nBeispiel", "U+000A"),
    ("Anna\u{1B}[2K", "U+001B"), ("Anna\u{202E}leipsieB", "U+202E"), ("Anna\u{200B}", "U+200B"),
    ("Anna\u{FE0F}", "U+FE0F"), ("Anna\u{2028}", "U+2028"), ("Anna\u{E000}", "U+E000"), ("Anna\u{34F}", "U+034F"),
    ("Anna\tBeispiel", "U+0009"),
  ])
  func whatIsNoNameIsRefused(_ typed: String, _ words: String) {
    let error = #expect(throws: ApproverNameError.self) { try ApproverName(typed) }
    #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
  }

  @Test(arguments: [
    ("Anna Beispiel", "ANNA  beispiel"), ("Jürgen Groß", "JU\u{308}RGEN GROSS"), ("ﬁona", "Fiona"), ("Ａｎｎａ", "anna"),
    ("ΣΊΣΥΦΟΣ", "σίσυφος"),
  ])
  func sameNamesAreFound(_ one: String, _ other: String) throws {
    #expect(try ApproverName(one).key == ApproverName(other).key)
  }

  @Test(arguments: [("Anna Beispiel", "Anna Beispiele"), ("Müller", "Muller"), ("A B", "AB")])
  func otherNamesAreOthers(_ one: String, _ other: String) throws {
    #expect(try ApproverName(one).key != ApproverName(other).key)
  }
}
