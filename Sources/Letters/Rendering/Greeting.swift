import Campaigns

/// The greeting of a letter, without the comma after it.
///
/// It is made only from explicit fields: salutation, title, first name, last name, company. Whether somebody is a man
/// or a woman is never guessed from a name; a salutation that is empty, `divers` or unknown gives the greeting that
/// fits everybody. So does a last name that is missing: a letter like this greets nobody by the first name alone.
struct Greeting: Sendable, Hashable {
  let text: String

  init(customer: Customer, language: String) {
    let title = customer.title.asSingleLine
    let first = customer.firstName.asSingleLine
    let last = customer.lastName.asSingleLine
    let address = last.isEmpty ? .open : Salutation(customer.salutation.asSingleLine).address
    text =
      language == "de"
      ? Self.german(address, title: title, first: first, last: last)
      : Self.english(address, title: title, first: first, last: last)
  }

  private static func german(_ address: Salutation.Address, title: String, first: String, last: String) -> String {
    switch address {
    case .man: return joined("Sehr geehrter Herr", title, last)
    case .woman: return joined("Sehr geehrte Frau", title, last)
    case .open:
      return last.isEmpty ? "Sehr geehrte Damen und Herren" : joined("Guten Tag", title, first, last)
    }
  }

  /// “Dear Sir or Madam” costs two of the five points at which SpamAssassin treats a letter as spam.
  private static func english(_ address: Salutation.Address, title: String, first: String, last: String) -> String {
    if !last.isEmpty, let short = englishTitle(title) { return joined("Dear", short, last) }
    switch address {
    case .man: return joined("Dear Mr", last)
    case .woman: return joined("Dear Ms", last)
    case .open:
      return last.isEmpty ? "Good day" : joined("Dear", first, last)
    }
  }

  /// The only academic title that an English letter opens with; nil for others, such as `LL.M.`
  private static func englishTitle(_ title: String) -> String? {
    let lowered = title.lowercased()
    if lowered.hasPrefix("prof") { return "Professor" }
    if lowered == "dr" || lowered.hasPrefix("dr.") || lowered.hasPrefix("dr ") { return "Dr" }
    return nil
  }

  private static func joined(_ parts: String...) -> String { parts.filter { !$0.isEmpty }.joined(separator: " ") }
}
