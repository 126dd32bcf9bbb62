public import Foundation

/// Reads a password, a passphrase or an access token from a file of its own.
///
/// Nobody else may be able to read the file. Its contents are never part of an error.
public enum PasswordFile {
  /// The text of such a file, and what was left out at its edges.
  public struct Secret: Sendable {
    public let text: String
    /// Nil when the file has the secret and at most the line feed that every editor writes at the end.
    public let warning: SecretFileWarning?
  }

  /// The password in `file`: its one line, without what ``secret(_:word:folder:credentials:atMost:)`` leaves out.
  ///
  /// - Parameters:
  ///   - word: The name that errors use for it.
  ///   - file: The file as ``Relay/passwordFile`` names it.
  ///   - folder: The campaign's folder. When `file` lies below it but is not there, the same relative path is looked
  ///     for in `credentials`.
  ///   - credentials: systemd's `CREDENTIALS_DIRECTORY`; nil when there is none.
  public static func read(
    _ file: URL, word: String = "password", folder: URL, credentials: URL?
  ) throws(SecretFileError) -> String {
    try secret(file, word: word, folder: folder, credentials: credentials).text
  }

  /// The same, and a warning where a byte-order mark, blanks, line ends or invisible characters at an edge were taken as no
  /// part of the secret. Those within it are part of it.
  public static func secret(
    _ file: URL, word: String = "password", folder: URL, credentials: URL?, atMost limit: Int = 4096
  ) throws(SecretFileError) -> Secret {
    let path = file.path(percentEncoded: false)
    let contents = try SecretFile(
      file, what: "\(word) file", remedy: "write the \(word) into it and run \"chmod 600 \(path)\""
    ).contents(atMost: limit, folder: folder, credentials: credentials)
    if let encoding = WideText.encoding(of: contents.bytes) {
      throw contents.error("this \(word) file is \(encoding) text; save it as UTF-8, without a byte-order mark")
    }
    guard let whole = String(validating: contents.bytes, as: UTF8.self) else { throw Self.notOneLine(contents, word) }
    let (text, edges) = SecretEdge.trim(whole)
    guard !text.isEmpty else { throw contents.error("this \(word) file is empty; write the \(word) into it") }
    guard text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { throw Self.notOneLine(contents, word) }
    let warning = edges.isEmpty ? nil : SecretFileWarning(path: contents.path, word: word, edges: edges)
    return Secret(text: text, warning: warning)
  }

  private static func notOneLine(_ contents: SecretFile.Contents, _ word: String) -> SecretFileError {
    contents.error("this \(word) file must hold one line of UTF-8 text, the \(word), and nothing else")
  }
}

/// Something at an edge of a secret's file that nobody types as part of a secret.
public enum SecretEdge: Sendable, Hashable {
  case byteOrderMark
  case blanks(atEnd: Bool)
  case emptyLines(atEnd: Bool)
  case carriageReturn(atEnd: Bool)
  /// A zero-width character, as copying from a page leaves it.
  case invisible(atEnd: Bool)

  /// `whole` without its edges, and what they were; one line feed at the end is what every editor writes.
  package static func trim(_ whole: String) -> (text: String, edges: [SecretEdge]) {
    var scalars = Array(whole.unicodeScalars)[...]
    var edges: [SecretEdge] = []
    if scalars.first == "\u{FEFF}" {
      edges.append(.byteOrderMark)
      scalars = scalars.dropFirst()
    }
    let start = scalars.prefix { isOutside($0) }
    scalars = scalars.dropFirst(start.count)
    var end = scalars.reversed().prefix { isOutside($0) }.reversed()[...]
    scalars = scalars.dropLast(end.count)
    if end.last == "\n" { end = end.dropLast() }
    edges += Self.edges(in: Array(start), atEnd: false) + Self.edges(in: Array(end), atEnd: true)
    var text = String.UnicodeScalarView()
    text.append(contentsOf: scalars)
    return (String(text), edges)
  }

  private static func edges(in scalars: [Unicode.Scalar], atEnd: Bool) -> [SecretEdge] {
    var found: [SecretEdge] = []
    for scalar in scalars {
      let edge: SecretEdge =
        switch scalar {
        case "\r": .carriageReturn(atEnd: atEnd)
        case "\n": .emptyLines(atEnd: atEnd)
        case _ where scalar.properties.isWhitespace: .blanks(atEnd: atEnd)
        default: .invisible(atEnd: atEnd)
        }
      if !found.contains(edge) { found.append(edge) }
    }
    return found
  }

  private static func isOutside(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isWhitespace || scalar == "\u{FEFF}" || scalar == "\u{2060}"
      || ("\u{200B}"..."\u{200F}").contains(scalar)
  }

  fileprivate var words: String {
    func place(_ atEnd: Bool) -> String { atEnd ? "at its end" : "at its beginning" }
    return switch self {
    case .byteOrderMark: "a byte-order mark at its beginning"
    case .blanks(let atEnd): "blanks \(place(atEnd))"
    case .emptyLines(let atEnd): "empty lines \(place(atEnd))"
    case .carriageReturn(let atEnd): "a CR (line end of Windows) \(place(atEnd))"
    case .invisible(let atEnd): "invisible characters \(place(atEnd))"
    }
  }
}

/// A secret's file was read, but not every byte of it is the secret; it names the path, never the contents.
public struct SecretFileWarning: Sendable, Hashable, CustomStringConvertible {
  public let path: String
  /// `password`, `passphrase` or `token`.
  public let word: String
  public let edges: [SecretEdge]

  public init(path: String, word: String, edges: [SecretEdge]) {
    self.path = path
    self.word = word
    self.edges = edges
  }

  public var description: String {
    let found = edges.map(\.words)
    let last = found.last ?? ""
    let list = found.count < 2 ? last : "\(found.dropLast().joined(separator: ", ")) and \(last)"
    return "\(path): this \(word) file has \(list), not taken as part of the \(word); write the file again without"
  }
}

/// Text of two or four bytes a character, which Windows programs write.
private enum WideText {
  static func encoding(of bytes: [UInt8]) -> String? {
    if bytes.starts(with: [0xFF, 0xFE, 0, 0]) || bytes.starts(with: [0, 0, 0xFE, 0xFF]) { return "UTF-32" }
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) { return "UTF-16" }
    // Without a mark: every other byte of Latin text is zero.
    guard bytes.count % 2 == 0 else { return nil }
    let zeros = [0, 1].map { parity in bytes.indices.count { $0 % 2 == parity && bytes[$0] == 0 } }
    let half = bytes.count / 2
    return half > 0 && (zeros == [0, half] || zeros == [half, 0]) ? "UTF-16" : nil
  }
}
