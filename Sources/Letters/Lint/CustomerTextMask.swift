import Synchronization

/// Takes a customer's own texts out of a finished letter, so that the lint reads what we wrote: a firm called “Null &
/// Nichtig” or “Passwort Verlag” is not a fault of a template.
///
/// The remaining text is the same for all customers of one kind, and is checked once. The campaign's own texts are left
/// unchanged, even where a customer's name is a part of them.
struct CustomerTextMask {
  /// Stands for one text; a letter cannot hold it otherwise, see ``Placeholder``.
  static let mark: UInt8 = 1

  private let own: TextPatterns
  private let campaign: TextPatterns
  /// Whether a text begins with two bytes; a bit for each pair. Almost everywhere this is all there is to look at.
  private var beginnings: [UInt64]

  /// - Parameters:
  ///   - own: The customer's texts, as this part of the letter writes them; those shorter than three bytes stay.
  ///   - campaign: Texts that are not to be touched.
  init(own: TextPatterns, campaign: CampaignPatterns) {
    self.own = own
    self.campaign = campaign.texts
    beginnings = campaign.beginnings
    Self.note(own, in: &beginnings)
  }

  /// The campaign's texts, prepared for the letters of all customers.
  struct CampaignPatterns: Sendable {
    fileprivate let texts: TextPatterns
    fileprivate private(set) var beginnings = [UInt64](repeating: 0, count: 1024)

    init(_ texts: [String]) {
      self.texts = TextPatterns(texts)
      CustomerTextMask.note(self.texts, in: &beginnings)
    }
  }

  private static func note(_ patterns: TextPatterns, in beginnings: inout [UInt64]) {
    for (first, second) in patterns.beginnings {
      let pair = Int(first) << 8 | Int(second)
      beginnings[pair >> 6] |= 1 << UInt64(pair & 63)
    }
  }

  /// `text` with a mark for each own text, and the numbers of those that were found.
  func taken(from text: String) -> (bytes: [UInt8], found: Set<Int>) {
    var text = text
    return text.withUTF8 { bytes in beginnings.withUnsafeBufferPointer { taken(from: bytes, $0) } }
  }

  private func taken(
    from bytes: UnsafeBufferPointer<UInt8>, _ beginnings: UnsafeBufferPointer<UInt64>
  ) -> (bytes: [UInt8], found: Set<Int>) {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var found: Set<Int> = []
    /// Everything before it is in the result.
    var copied = 0
    var index = 0
    // A text has three bytes at least.
    while index + 2 < bytes.count {
      let next = bytes[index + 1]
      let pair = Int(bytes[index]) << 8 | Int(Self.isSpace(next) ? 0x20 : next)
      guard beginnings[pair >> 6] & 1 << UInt64(pair & 63) != 0 else {
        index += 1
        continue
      }
      let kept = campaign.longest(in: bytes, at: index) { _ in true }
      let taken = own.longest(in: bytes, at: index) { Self.isWhole(bytes, from: index, to: $0) }
      // Of equal texts the campaign's counts.
      if let taken, taken.end > kept?.end ?? index {
        result.append(contentsOf: bytes[copied..<index])
        result.append(Self.mark)
        found.insert(taken.number)
        copied = taken.end
        index = taken.end
      } else {
        index = kept?.end ?? index + 1
      }
    }
    result.append(contentsOf: bytes[copied...])
    return (result, found)
  }

  /// White space or a control character, other than a mark.
  @inline(__always)
  static func isSpace(_ byte: UInt8) -> Bool { byte <= 0x20 && byte != mark }

  /// Whether the match stands alone and is not a part of a longer word or address.
  private static func isWhole(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int) -> Bool {
    if start > 0, isWord(bytes[start - 1]) || "@+.-".utf8.contains(bytes[start - 1]) { return false }
    guard end < bytes.count else { return true }
    if isWord(bytes[end]) || "@-".utf8.contains(bytes[end]) { return false }
    return bytes[end] != UInt8(ascii: ".") || end + 1 == bytes.count || !isWord(bytes[end + 1])
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
      true
    default: byte >= 0x80
    }
  }
}

/// The campaign's texts in the letters of one language and list of accesses, for all threads. The cache starts empty
/// again when it is full, as ``RenderCache`` does.
final class CampaignTextCache: Sendable {
  struct Texts: Sendable {
    let plain: CustomerTextMask.CampaignPatterns
    /// As HTML writes them.
    let escaped: CustomerTextMask.CampaignPatterns
  }
  private struct Key: Hashable {
    let language: String
    let accesses: [String]
  }

  private let known = Mutex<[Key: Texts]>([:])

  func texts(language: String, accesses: [String], orMake make: () -> [String]) -> Texts {
    let key = Key(language: language, accesses: accesses)
    if let texts = known.withLock({ $0[key] }) { return texts }
    let values = make()
    let texts = Texts(
      plain: CustomerTextMask.CampaignPatterns(values),
      escaped: CustomerTextMask.CampaignPatterns(values.map(LetterEscaping.html)))
    known.withLock { known in
      if known.count >= 512 { known.removeAll(keepingCapacity: true) }
      known[key] = texts
    }
    return texts
  }
}
