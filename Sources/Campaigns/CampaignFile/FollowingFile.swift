public import Foundation
import Mail

/// The campaign file of a campaign that follows another one: that one's file word for word, with other customers, segments,
/// letters and deadline.
public struct FollowingFile: Sendable {
  public var follows: Following
  public var customers: CustomerSource
  /// What the segments ask for now.
  public var segments: [String: Segment]
  public var letters: [SegmentLetter]
  public var deadline: LocalDateTime

  /// - Parameters:
  ///   - segments: All of the followed campaign, each with what it asks for now.
  ///   - customers: Whose file lies in the new campaign's folder.
  public init(
    _ follows: Following, customers: CustomerSource, segments: [String: Segment], letters: [SegmentLetter],
    deadline: LocalDateTime
  ) {
    self.follows = follows
    self.customers = customers
    self.segments = segments
    self.letters = letters
    self.deadline = deadline
  }

  /// The file for a campaign in `folder`, which lies beside the followed one's.
  ///
  /// Throws ``CampaignFileError`` when the followed campaign's file cannot be read, and returns nil when it is written in a
  /// way that cannot be continued: what is not replaced must be the same in both.
  public func text(after campaign: Campaign, in folder: URL) throws(CampaignFileError) -> String? {
    let bytes = try CampaignFile.bytes(in: campaign.folder)
    guard let source = String(validating: bytes, as: UTF8.self) else { return nil }
    var blocks = TopLevelBlocks(source)
    blocks.rewritePaths(to: "../\(campaign.folder.lastPathComponent)/")
    blocks.replace("follows", nil)
    blocks.replace("letters", lettersText)
    blocks.replace("customers", customersText)
    blocks.replace("segments", segmentsText)
    blocks.replace("deadline", "deadline: \(deadline)")
    if case .column = campaign.order.by {
      // Its column is in the old customer file alone.
      blocks.replace("order", nil)
    }
    blocks.prepend("follows: {campaign: \(Self.quoted(follows.campaign)), as: \(follows.kind.rawValue)}")
    let text = blocks.text
    guard let made = try? CampaignFile.parse(Array(text.utf8), folder: folder.standardizedFileURL) else { return nil }
    return isAsWanted(made, after: campaign) ? text : nil
  }

  private func isAsWanted(_ made: Campaign, after campaign: Campaign) -> Bool {
    guard made.follows == follows, made.customers == customers, made.segments == segments, made.letters == letters,
      made.deadline.date == deadline.date
    else { return false }
    var rest = made
    (rest.name, rest.folder, rest.digest) = (campaign.name, campaign.folder, campaign.digest)
    (rest.follows, rest.customers) = (campaign.follows, campaign.customers)
    (rest.segments, rest.letters, rest.deadline) = (campaign.segments, campaign.letters, campaign.deadline)
    if case .column = campaign.order.by { rest.order = campaign.order }
    return rest == campaign
  }

  // MARK: Blocks

  private var customersText: String {
    let columns = customers.columns.sorted { $0.key.rawValue < $1.key.rawValue }
      .map { "\($0.key.rawValue): \(Self.quoted($0.value))" }
    return """
      customers:
        file: \(Self.quoted(customers.file.lastPathComponent))
        columns: {\(columns.joined(separator: ", "))}
      """
  }

  private var segmentsText: String {
    let lines = segments.sorted { $0.key < $1.key }.map { "  \(Self.quoted($0.key)): \(Self.text(of: $0.value))" }
    return (["segments:"] + lines).joined(separator: "\n")
  }

  private static func text(of segment: Segment) -> String {
    switch segment {
    case .letter(let template, let incoming, let outgoing):
      "{letter: \(quoted(template)), incoming: \(text(of: incoming)), outgoing: \(text(of: outgoing))}"
    case .phone(let reason): "{phone: \(quoted(reason))}"
    case .none(let reason): "{none: \(quoted(reason))}"
    }
  }

  private static func text(of server: MailServer) -> String {
    if MailServer(host: server.host, port: server.port) == server {
      return quoted("\(server.host.ascii):\(server.port)")
    }
    let encryption = server.encryption == .tls ? "tls" : "starttls"
    return "{host: \(quoted(server.host.ascii)), port: \(server.port), service: "
      + "\(server.service.rawValue.lowercased()), encryption: \(encryption)}"
  }

  private var lettersText: String? {
    guard !letters.isEmpty else { return nil }
    let entries = letters.map { letter in
      let segments = letter.segments.map { "[\($0.sorted().map(Self.quoted).joined(separator: ", "))]" } ?? "all"
      return "\(Self.quoted(letter.letter)): \(segments)"
    }
    return "letters: {\(entries.joined(separator: ", "))}"
  }

  private static func quoted(_ text: String) -> String { TopLevelBlocks.quoted(text) }
}

/// A YAML file as its top-level keys have it: lines that are indented belong to the key before them.
struct TopLevelBlocks {
  private var lines: [String]

  init(_ source: String) {
    lines = source.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map(String.init)
  }

  var text: String { lines.joined(separator: "\n") }

  /// A scalar in double quotes.
  static func quoted(_ text: String) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .withoutEscapingSlashes
    return (try? encoder.encode(text)).map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
  }

  /// Puts a line before everything else but comments at the head of the file.
  mutating func prepend(_ line: String) {
    let place = lines.firstIndex { Self.key(of: $0) != nil } ?? lines.startIndex
    lines.insert(contentsOf: [line, ""], at: place)
  }

  /// Replaces a key with all that belongs to it; nil removes it. A key that is not there is added at the end.
  mutating func replace(_ key: String, _ text: String?) {
    let new = text?.split(separator: "\n").map(String.init) ?? []
    guard let start = lines.firstIndex(where: { Self.key(of: $0) == key }) else {
      if !new.isEmpty { lines += new + [""] }
      return
    }
    var end =
      lines[(start + 1)...].firstIndex { line in line.first.map { !$0.isWhitespace && $0 != "#" } ?? false }
      ?? lines.endIndex
    // Comments and blank lines above the next key are that key's.
    while end > start + 1, lines[end - 1].first.map({ $0 == "#" }) ?? true { end -= 1 }
    lines.replaceSubrange(start..<end, with: new)
  }

  /// Puts `prefix` before relative paths of files.
  mutating func rewritePaths(to prefix: String) {
    let key =
      /(rsa_key_file|ed25519_key_file|certificate_file|key_file|passphrase_file|encrypt_to|password_file|token_file|ca_file)(\s*:\s+)("[^"]*"|'[^']*'|[^\s"',}\]#][^,}\]#]*)/
    for index in lines.indices where lines[index].first(where: { !$0.isWhitespace }) != "#" {
      lines[index] = lines[index].replacing(key) { match in
        let written = match.output.3.trimmingCharacters(in: .whitespaces)
        let isQuoted = written.first == "\"" || written.first == "'"
        let path = isQuoted ? String(written.dropFirst().dropLast()) : written
        guard !path.hasPrefix("/") else { return String(match.output.0) }
        let rest = match.output.3.dropFirst(match.output.3.trimmingSuffixLength)
        return "\(match.output.1)\(match.output.2)\(Self.quoted(prefix + path))\(rest)"
      }
    }
  }

  /// The key that begins in this line; nil for a line that is indented, a comment or something else.
  private static func key(of line: String) -> String? {
    guard let match = line.prefixMatch(of: /["']?([A-Za-z0-9_]+)["']?\s*:(\s|$)/) else { return nil }
    return String(match.output.1)
  }
}

extension Substring {
  /// The number of characters before white space at the end.
  fileprivate var trimmingSuffixLength: Int {
    count - reversed().prefix(while: \.isWhitespace).count
  }
}
