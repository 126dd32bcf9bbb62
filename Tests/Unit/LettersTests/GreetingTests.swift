import Testing

@testable import Letters

@Suite struct GreetingTests {
  struct Case: Sendable {
    let salutation, title, first, last, german, english: String
    init(_ fields: [String], _ german: String, _ english: String) {
      (salutation, title, first, last) = (fields[0], fields[1], fields[2], fields[3])
      (self.german, self.english) = (german, english)
    }
  }

  static let cases: [Case] = [
    .init(["Herr", "", "", "Müller"], "Sehr geehrter Herr Müller", "Dear Mr Müller"),
    .init(["Herr", "Dr.", "Robin", "Müller"], "Sehr geehrter Herr Dr. Müller", "Dear Dr Müller"),
    .init(["Frau", "Prof. Dr.", "", "Groß"], "Sehr geehrte Frau Prof. Dr. Groß", "Dear Professor Groß"),
    .init(["Frau", "LL.M.", "", "Groß"], "Sehr geehrte Frau LL.M. Groß", "Dear Ms Groß"),
    .init([" frau ", "", "", "Groß"], "Sehr geehrte Frau Groß", "Dear Ms Groß"),
    .init(["Mr.", "", "", "Rowan"], "Sehr geehrter Herr Rowan", "Dear Mr Rowan"),
    .init(["Mrs", "", "", "Rowan"], "Sehr geehrte Frau Rowan", "Dear Ms Rowan"),
    .init(["Herr.", "", "", "Rowan"], "Sehr geehrter Herr Rowan", "Dear Mr Rowan"),
    .init(["Fr", "", "", "Rowan"], "Sehr geehrte Frau Rowan", "Dear Ms Rowan"),
    .init(["HERR:", "", "", "Rowan"], "Sehr geehrter Herr Rowan", "Dear Mr Rowan"),
    .init(["Sehr geehrter Herr", "", "", "Rowan"], "Sehr geehrter Herr Rowan", "Dear Mr Rowan"),
    .init(["Herr Dr.", "", "", "Rowan"], "Sehr geehrter Herr Rowan", "Dear Mr Rowan"),
    .init(["Miss", "", "", "Rowan"], "Sehr geehrte Frau Rowan", "Dear Ms Rowan"),
    .init(["Herr Müller", "", "", "Rowan"], "Guten Tag Rowan", "Dear Rowan"),
    .init(["divers", "", "Robin", "Ahorn"], "Guten Tag Robin Ahorn", "Dear Robin Ahorn"),
    .init(["", "", "Robin", "Ahorn"], "Guten Tag Robin Ahorn", "Dear Robin Ahorn"),
    .init(["", "Dr.", "Robin", "Ahorn"], "Guten Tag Dr. Robin Ahorn", "Dear Dr Ahorn"),
    .init(["Herr und Frau", "", "", "Ahorn"], "Guten Tag Ahorn", "Dear Ahorn"),
    // Nothing is made of a first name, however it sounds; nor is it a greeting alone.
    .init(["", "", "Rosa", ""], "Sehr geehrte Damen und Herren", "Good day"),
    .init(["Frau", "Dr.", "Robin", ""], "Sehr geehrte Damen und Herren", "Good day"),
    .init(["Herr", "Dr.", "", ""], "Sehr geehrte Damen und Herren", "Good day"),
    .init(["", "", "", ""], "Sehr geehrte Damen und Herren", "Good day"),
    .init(["Firma", "", "", ""], "Sehr geehrte Damen und Herren", "Good day"),
    .init(["Frau", "", "", "von\r\nBcc: Linde"], "Sehr geehrte Frau von Bcc: Linde", "Dear Ms von Bcc: Linde"),
  ]

  @Test(arguments: cases) func isMadeFromExplicitFields(_ row: Case) {
    let customer = Fixtures.customer(
      salutation: row.salutation, title: row.title, firstName: row.first, lastName: row.last)
    #expect(Greeting(customer: customer, language: "de").text == row.german)
    #expect(Greeting(customer: customer, language: "en").text == row.english)
  }
}
