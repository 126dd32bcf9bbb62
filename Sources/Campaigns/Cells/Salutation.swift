/// The cell of the column `salutation`, read: how a greeting addresses the customer, and the title that stands behind it.
///
/// `Herr`, `Hr.`, `Herrn:`, `Sehr geehrter Herr`, `Mr`, `Madam`. Anything else, such as `divers`, `Herr und Frau` or
/// `Herr Müller`, is addressed openly: nothing is guessed.
public struct Salutation: Sendable, Hashable {
  public enum Address: Sendable { case man, woman, open }

  public let address: Address
  /// `Dr.` of `Herr Dr.`, else empty.
  let title: String
  /// The salutation without the title.
  let word: String

  public init(_ text: String) {
    switch text {
    case "Herr": self.init(.man, "", text)
    case "Frau": self.init(.woman, "", text)
    case "": self.init(.open, "", text)
    default: self.init(reading: text)
    }
  }

  private init(_ address: Address, _ title: String, _ word: String) {
    self.address = address
    self.title = title
    self.word = word
  }

  private init(reading text: String) {
    let words = text.split { $0.isWhitespace }
    let start = words.prefix { Self.openings.contains(NoValueWords.bare($0)) }.count
    guard words.count <= 10, start < words.count, let found = Self.known[NoValueWords.bare(words[start])] else {
      self.init(.open, "", text)
      return
    }
    let rest = words.dropFirst(start + 1)
    let titleWords = rest.flatMap { $0.split(separator: ".") }.map { NoValueWords.bare($0) }.filter { !$0.isEmpty }
    guard let first = titleWords.first else {
      self.init(found, "", text)
      return
    }
    guard NameWords.titles.contains(first),
      titleWords.allSatisfy({ NameWords.titles.contains($0) || NameWords.titleEndings.contains($0) }),
      NameCell.fault(of: rest.joined(separator: " "), in: .title) == nil
    else {
      self.init(.open, "", text)
      return
    }
    self.init(found, rest.joined(separator: " "), words[...start].joined(separator: " "))
  }

  /// Before a salutation, in letters.
  private static let openings = Set(NoValueWords.list("sehr | geehrter | geehrte | lieber | liebe | dear | an"))
  private static let known: [String: Address] = {
    var known: [String: Address] = [:]
    for word in NoValueWords.list("herr | herrn | hr | hrn | mr | mister | sir") { known[word] = .man }
    for word in NoValueWords.list("frau | fr | frl | fräulein | ms | mrs | miss | madam") { known[word] = .woman }
    return known
  }()
}
