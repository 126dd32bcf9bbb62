import CGMime

/// A mail taken apart: its parts in their order, with headers and text decoded. Never fails: bytes that are no mail are
/// one without headers.
///
/// What is over the limits is left out, so that memory is bounded whatever the mail is.
struct MailParts: Sendable {
  struct Part: Sendable {
    enum Kind: Sendable { case leaf, multipart, message }
    /// How many parts this one is in: 0 for the mail itself.
    let depth: Int
    let kind: Kind
    /// In lower case, as `text/plain`.
    let type: String
    fileprivate(set) var headers = MailHeaders()
    fileprivate(set) var text = ""
  }

  let parts: [Part]

  /// The headers of the mail itself.
  var headers: MailHeaders { parts.first?.headers ?? MailHeaders() }

  /// The content type of the whole mail with its parameters, in lower case. GMime keeps it with what the mail contains.
  var contentType: String { parts.dropFirst().first?.headers["content-type"]?.lowercased() ?? "" }

  /// The first mail inside this one, as a mail of its own.
  var innerMail: MailParts? {
    guard let start = parts.indices.dropFirst().first(where: { parts[$0].kind == .message }) else { return nil }
    let depth = parts[start].depth
    let end = parts[(start + 1)...].firstIndex { $0.depth <= depth } ?? parts.endIndex
    return MailParts(parts: Array(parts[start..<end]))
  }

  private init(parts: [Part]) { self.parts = parts }

  private static let limits = cgmime_limits(
    parts: 200, depth: 40, headers: 300, header_size: 16 << 10, text_size: 128 << 10, all_text_size: 512 << 10)

  init(_ bytes: [UInt8]) {
    var limits = Self.limits
    guard let mail = cgmime_read(bytes, bytes.count, &limits) else {
      parts = []
      return
    }
    defer { cgmime_free(mail) }
    var size = 0
    let start = cgmime_events(mail, &size)
    parts = Self.parts(Array(UnsafeBufferPointer(start: start, count: size)))
  }

  private static func parts(_ events: [UInt8]) -> [Part] {
    var parts: [Part] = []
    var at = 0
    func text() -> String {
      let count = (0..<4).reduce(0) { $0 | Int(events[at + $1]) << (8 * $1) }
      defer { at += 4 + count }
      return String(decoding: events[(at + 4)..<(at + 4 + count)], as: UTF8.self)
    }
    while at < events.count {
      let event = cgmime_event(rawValue: UInt32(events[at]))
      at += 1
      switch event {
      case cgmime_part:
        let depth = Int(events[at])
        let kind: Part.Kind =
          switch cgmime_kind(rawValue: UInt32(events[at + 1])) {
          case cgmime_multipart: .multipart
          case cgmime_message: .message
          default: .leaf
          }
        at += 2
        parts.append(Part(depth: depth, kind: kind, type: text()))
      case cgmime_header:
        let name = text()
        parts[parts.count - 1].headers.append(name, text())
      default:
        parts[parts.count - 1].text = text()
      }
    }
    return parts
  }
}

/// The headers of a part, or the fields of a report, in their order.
struct MailHeaders: Sendable {
  private(set) var all: [(name: String, value: String)] = []

  mutating func append(_ name: String, _ value: String) {
    all.append((name.lowercased(), value))
  }

  /// The first value under `name` (in lower case), on one line and without blanks around it.
  subscript(name: String) -> String? { all.first { $0.name == name }.map { Self.oneLine($0.value) } }

  /// Every value under one of `names`.
  func values(_ names: Set<String>) -> [String] {
    all.filter { names.contains($0.name) }.map { Self.oneLine($0.value) }
  }

  private static func oneLine(_ value: String) -> String {
    value.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }
}

extension MailHeaders {
  /// Reads the fields at the start of `lines`, up to the first line that is none. A field goes on in lines that begin with a
  /// blank.
  init(fieldsOf lines: some Collection<Substring>) {
    for line in lines {
      if let first = line.first, first == " " || first == "\t", !all.isEmpty {
        all[all.count - 1].value += " " + line.drop(while: \.isWhitespace)
        continue
      }
      guard let name = Self.fieldName(of: line) else { return }
      append(String(name), String(line[name.endIndex...].dropFirst().drop(while: \.isWhitespace)))
    }
  }

  /// The name before the colon of a line that is a field (RFC 5322 §2.2); nil for any other line.
  static func fieldName(of line: Substring) -> Substring? {
    let name = line.utf8.prefix { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ":") }
    guard !name.isEmpty, name.count <= 60, name.endIndex < line.endIndex, line.utf8[name.endIndex] == UInt8(ascii: ":")
    else { return nil }
    return Substring(name)
  }
}
