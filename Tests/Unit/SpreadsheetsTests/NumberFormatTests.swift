import Testing

@testable import Spreadsheets

@Suite struct NumberFormatTests {
  @Test(arguments: [
    ("General", 1_234_567_890_123, "1234567890123"), ("General", 0.1 + 0.2, "0.3"), ("General", -42, "-42"),
    ("General", 0, "0"), ("General", 0.00001, "0.00001"), ("General", 123_456_789_012_345, "123456789012345"),
    ("0000000", 42, "0000042"), ("0000000", 123_456_789, "123456789"), ("0000000", -42, "-0000042"),
    ("00000", 0, "00000"),
    ("\"K-\"0000", 7, "K-0007"), ("K\\-0000", 7, "K-0007"), ("0000\" (alt)\"", 7, "0007 (alt)"),
    ("\"Nr. \"General", 12, "Nr. 12"),
    ("00-000-0", 123_456, "12-345-6"), ("00-000-0", 1, "00-000-1"), ("0 000 000", 1_234_567, "1 234 567"),
    ("#", 0, ""), ("0", 2.5, "3"), ("0.00", 1.005, "1.01"), ("0", 3.5, "4"), ("0.0", 0.25, "0.3"),
    ("0.00", 2.5, "2.50"), ("0.0#", 2.5, "2.5"), ("0.0#", 2.25, "2.25"),
    ("#.##", 2, "2"),
    (".00", 12.5, "12.50"), ("#,##0", 1_234_567, "1234567"), ("#,##0.00", 1234.5, "1234.50"), ("0.0,", 12_300, "12.3"),
    ("0%", 0.25, "25%"), ("0.0 %", 0.125, "12.5 %"), ("#,##0.00\\ \"€\"", 1234.5, "1234.50 €"),
    ("[$€-407]\\ #,##0.00", 3, "€ 3.00"), ("_-* #,##0.00\\ _€_-;-* #,##0.00\\ _€_-", 3, "3.00 "),
    ("[Red]0;[Blue]-0;\"keine\"", 0, "keine"), ("[Red]0;[Blue]-0;\"keine\"", -3, "-3"), ("0;(0)", -3, "(3)"),
    ("0;-0;;@", 0, ""), (";;;", 12, "12"), ("@", 12, "12"), ("# ?/?", 0.5, "0.5"),
    ("0.00E+00", 123_456_789_012, "123456789012"),
    ("[<=9999999]###\\-####;\\(###\\)\\ ###\\-####", 5_551_234, "555-1234"),
    ("[<=9999999]###\\-####;\\(###\\)\\ ###\\-####", 2_065_551_234, "(206) 555-1234"),
    ("00\" Stück", 3, "03 Stück"), ("0\\", 3, "3\\"), ("", 3, "3"), ("[", 3, "3"), ("\"", 3, ""),
  ]) func numbersAreShownAsTheCellShowsThem(_ code: String, _ value: Double, _ text: String) {
    #expect(NumberFormat(code).text(of: value) == text)
  }

  @Test(arguments: [1e15, 1.2345678901234567e19, -1e15])
  func digitsBeyondFifteenAreNotShownAsIfTheyWereTrue(_ value: Double) {
    for code in ["General", "0", "@", "0000000", "#,##0"] {
      let text = NumberFormat(code).text(of: value)
      #expect(text.contains("E+"), "\(code): \(text)")
    }
  }

  @Test(arguments: [
    ("dd.mm.yyyy", 46_346, "2026-11-20"), ("[$-407]d. mmmm yyyy;@", 46_346.75, "2026-11-20"),
    ("mmm yyyy", 46_346, "2026-11-20"),
    ("dd.mm.yyyy hh:mm", 46_346.604_166_666_664, "2026-11-20 14:30"),
    ("m/d/yy h:mm AM/PM", 46_346.604_166_666_7, "2026-11-20 14:30"),
    ("yyyy-mm-dd\"T\"hh:mm:ss", 46_346.604_166_666_664, "2026-11-20 14:30:00"),
    ("hh:mm", 0.604_166_666_666_667, "14:30"),
    ("hh:mm", 46_346.999_99, "23:59"), ("mm:ss", 0.000_694_44, "00:01:00"), ("[h]:mm:ss", 1.0625, "25:30:00"),
    ("[mm]:ss", 0.0625, "90:00"),
    ("[ss]", 0.0625, "5400"), ("dd.mm.yyyy", 1, "1900-01-01"), ("dd.mm.yyyy", 59, "1900-02-28"),
    ("dd.mm.yyyy", 60, "1900-02-29"),
    ("dd.mm.yyyy", 61, "1900-03-01"), ("dd.mm.yyyy", 0, "1900-01-00"), ("dd.mm.yyyy", -1, "-1"),
    ("dd.mm.yyyy", 2_958_465, "9999-12-31"),
    ("dd.mm.yyyy", 2_958_466, "2958466"), ("dd.mm.yyyy", 36_585, "2000-02-29"), ("dd.mm.yyyy", 73_109, "2100-02-28"),
    ("dd.mm.yyyy", 73_110, "2100-03-01"),
  ]) func datesAreISO(_ code: String, _ value: Double, _ text: String) {
    #expect(NumberFormat(code).text(of: value) == text)
  }

  @Test func daysSince1904() {
    let format = NumberFormat.builtIn(14)
    #expect(format.text(of: 44_884, isFrom1904: true) == "2026-11-20")
    #expect(format.text(of: 0, isFrom1904: true) == "1904-01-01")
  }

  @Test(arguments: [14, 15, 16, 17, 18, 19, 20, 21, 22, 45, 46, 47, 30, 57])
  func builtInDates(_ id: Int) { #expect(NumberFormat.builtIn(id).text(of: 46_346.5) != "46346.5") }

  @Test func everyPairOfCharactersIsAFormat() {
    let signs = Array("0#?.,%@\"\\_*[]$;-/EGymdhs<>=+ a€")
    for first in signs {
      for second in signs {
        for value in [0, 1.5, -3, 46_346.5, 1e14] { _ = NumberFormat("\(first)\(second)0\(first)").text(of: value) }
      }
    }
  }
}
