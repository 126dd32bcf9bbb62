public import Mail

/// What a customer is known by: it is hidden in words of relays that leave the house, see ``AddressRedaction``.
public struct RedactedCustomer: Sendable {
  let words: [HiddenWord]

  /// - Parameters:
  ///   - recipient: The address letters go to. Its local part is hidden in every spelling.
  ///   - hidesDomain: The address's domain is hidden too: few customers have it, see ``ReceiptDomain``.
  ///   - id: The customer's id; empty where it is not known.
  public init(
    recipient: EmailAddress, hidesDomain: Bool, id: String = "", firstName: String = "", lastName: String = "",
    company: String = ""
  ) {
    words =
      HiddenWord.localPart(recipient.local)
      + (hidesDomain ? HiddenWord.domain(ascii: recipient.domain.ascii, unicode: recipient.domain.unicode) : [])
      + HiddenWord.id(id) + HiddenWord.person(first: firstName, last: lastName) + HiddenWord.company(company)
  }
}

/// The relay's words without what tells which customer they are about, short enough for a receipt.
///
/// Receipts go to others. Whatever looks like an address becomes `<address>`, and so does the recipient's local part
/// where it stands alone, however it is written ("unknown user: info", `info-at-…`, `i.n.f.o`, `info%40…`); the
/// customer's names and id become `<customer>`, a domain that few customers have `<domain>`. It redacts too much rather
/// than too little: `@` with anything around it counts. What it cannot know is how else a relay may name somebody.
public enum AddressRedaction {
  /// The most bytes of a reply in a receipt; the rest is cut off and `…` put in its place.
  static let limit = 1000

  /// - Parameters:
  ///   - customer: Nil for words of ours, in which only addresses are hidden.
  ///   - messageID: Stays readable, though it looks like an address.
  public static func text(
    _ reply: String, about customer: RedactedCustomer?, keeping messageID: MessageID? = nil
  ) -> String {
    guard let messageID else { return cut(hiding(reply, customer)) }
    // The domain is the sender's; it names no customer.
    let kept = String(messageID.description.dropFirst().dropLast())
    let parts = reply.split(separator: kept, omittingEmptySubsequences: false)
    return cut(Array(parts.map { hiding(String($0), customer) }.joined(separator: Array(kept.utf8))))
  }

  /// The text on how an uncertain message was settled. The first line is ours, as `operator`, and stays as it is but
  /// for addresses; the lines under it are a relay's.
  public static func evidence(
    _ text: String, about customer: RedactedCustomer?, keeping messageID: MessageID?
  ) -> String {
    let lines = text.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    var hidden = [Self.text(lines[0], about: nil, keeping: messageID)]
    if lines.count > 1 { hidden.append(Self.text(lines[1], about: customer, keeping: messageID)) }
    return cut(Array(hidden.joined(separator: "\n").utf8))
  }

  private static func cut(_ bytes: [UInt8]) -> String {
    guard bytes.count > limit else { return String(decoding: bytes, as: UTF8.self) }
    var end = limit - 3
    while end > 0, bytes[end] & 0xC0 == 0x80 { end -= 1 }
    return String(decoding: bytes[..<end], as: UTF8.self) + "…"
  }

  private static func hiding(_ text: String, _ customer: RedactedCustomer?) -> [UInt8] {
    var places: [(range: Range<Int>, mark: HiddenWord.Mark)] = []
    // What is found in one reading counts, whatever the others say.
    for reading in SpelledText(text).readings {
      let searched = HiddenWord.Text(reading)
      WrittenAddress.forEachPlace(in: searched.plain) { places.append(($0, .address)) }
      for word in customer?.words ?? [] {
        word.forEachPlace(in: searched) { places.append(($0, word.mark)) }
      }
    }
    guard !places.isEmpty else { return Array(text.utf8) }
    return replacing(places, in: Array(text.utf8))
  }

  private static func replacing(
    _ places: [(range: Range<Int>, mark: HiddenWord.Mark)], in bytes: [UInt8]
  ) -> [UInt8] {
    // Of places that overlap, the longest says what it was.
    var merged: [(range: Range<Int>, mark: HiddenWord.Mark)] = []
    var longest = 0
    for place in places.sorted(by: { ($0.range.lowerBound, $1.mark) < ($1.range.lowerBound, $0.mark) }) {
      if let last = merged.last, place.range.lowerBound < last.range.upperBound {
        let mark = place.range.count > longest ? place.mark : last.mark
        longest = max(longest, place.range.count)
        merged[merged.count - 1] = (
          last.range.lowerBound..<max(last.range.upperBound, place.range.upperBound), mark
        )
      } else {
        longest = place.range.count
        merged.append(place)
      }
    }
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var copied = 0
    for (range, mark) in merged {
      var (start, end) = (range.lowerBound, range.upperBound)
      if start > copied, end < bytes.count, bytes[start - 1] == UInt8(ascii: "<"), bytes[end] == UInt8(ascii: ">") {
        start -= 1
        end += 1
      }
      result += bytes[copied..<start]
      result += mark.text.utf8
      copied = end
    }
    return result + bytes[copied...]
  }
}

/// Whatever looks like an address, whoever's it is.
private enum WrittenAddress {
  /// Calls `body` with the bytes of each, in a text of small letters.
  static func forEachPlace(in text: [SpelledText.Element], _ body: (Range<Int>) -> Void) {
    var index = 0
    while index < text.count {
      let scalar = text[index].scalar
      var found: Range<Int>?
      if scalar == "@" {
        // An escape may be something else, such as the number in “size=4096”.
        if !text[index].isEscape || domainEnd(in: text, at: index + 1) != nil {
          found = localStart(in: text, before: index)..<end(in: text, from: index + 1)
        }
      } else if let after = spelledAt(in: text, at: index), let end = domainEnd(in: text, at: after) {
        var before = index
        while before > 0, before > index - 2, text[before - 1].scalar == " " { before -= 1 }
        let start = localStart(in: text, before: before)
        if start < before { found = start..<end }
      }
      if let found {
        body(text[found.lowerBound].start..<text[found.upperBound - 1].end)
        index = max(found.upperBound, index + 1)
      } else {
        index += 1
      }
    }
  }

  private static func localStart(in text: [SpelledText.Element], before end: Int) -> Int {
    var start = end
    if start > 0, text[start - 1].scalar == "\"" {
      // A quoted local part goes back to its opening quotation mark.
      var opening = start - 2
      while opening >= 0, text[opening].scalar != "\"" { opening -= 1 }
      start = max(opening, 0)
    }
    while start > 0, isLocal(text[start - 1].scalar) { start -= 1 }
    return start
  }

  private static func end(in text: [SpelledText.Element], from start: Int) -> Int {
    var end = start
    while end < text.count, isDomain(text[end].scalar) { end += 1 }
    // The full stop or colon after an address belongs to the sentence.
    while end > start, text[end - 1].scalar == "." || text[end - 1].scalar == ":" { end -= 1 }
    return end
  }

  /// The index after a domain with at least one dot; nil when there is none at `start`.
  private static func domainEnd(in text: [SpelledText.Element], at start: Int) -> Int? {
    let end = end(in: text, from: start)
    let labels = text[start..<end].split(maxSplits: .max, omittingEmptySubsequences: false) { $0.scalar == "." }
    guard labels.count > 1, labels.allSatisfy({ !$0.isEmpty }), let last = labels.last, last.count > 1,
      last.contains(where: { $0.scalar.properties.isAlphabetic })
    else { return nil }
    return end
  }

  /// The index after “(at)”, “[at]”, “-at-” and the like, and a space or two after it.
  private static func spelledAt(in text: [SpelledText.Element], at start: Int) -> Int? {
    guard let closing = closings[text[start].scalar] else { return nil }
    var place = start + 1
    let isBracket = closing != text[start].scalar
    while isBracket, place < text.count, text[place].scalar == " " { place += 1 }
    guard place + 1 < text.count, text[place].scalar == "a", text[place + 1].scalar == "t" else { return nil }
    place += 2
    while isBracket, place < text.count, text[place].scalar == " " { place += 1 }
    guard place < text.count, text[place].scalar == closing else { return nil }
    place += 1
    while place < text.count, text[place].scalar == " " { place += 1 }
    return place
  }

  private static let closings: [Unicode.Scalar: Unicode.Scalar] = [
    "(": ")", "[": "]", "{": "}", "<": ">", "-": "-", "_": "_", "*": "*", "~": "~", "|": "|",
  ]

  /// atext and dot (RFC 5322 §3.2.3), percent, and characters beyond ASCII (RFC 6531).
  private static func isLocal(_ scalar: Unicode.Scalar) -> Bool {
    scalar.isASCII ? scalar.isOfWord || ".!#$%&'*+-/=?^_`{|}~".unicodeScalars.contains(scalar) : true
  }

  private static func isDomain(_ scalar: Unicode.Scalar) -> Bool {
    scalar.isASCII ? scalar.isOfWord || "-.[]:".unicodeScalars.contains(scalar) : true
  }
}
