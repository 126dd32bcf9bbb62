/// Formats that come under the name of a table and are none, known by how they begin.
enum ForeignFormat: Equatable {
  case html, spreadsheetXML, xml, json, sylk, dif, vCard, calendar, ldif, mail, sqlDump, openPGP, pem, postScript
  case pdf, rtf, sqlite, access, picture, parquet
  /// Tables in the notation of another kind of text.
  case wiki, latex, quotedMail, quotedPrintable, oneValueALine
  case compressed(String)

  /// Nothing that is a table begins with these bytes.
  init?(binary start: [UInt8]) {
    let known: [(String, ForeignFormat)] = [
      ("%PDF-", .pdf), ("{\\rtf", .rtf), ("SQLite format 3\0", .sqlite), ("PAR1", .parquet), ("%!PS", .postScript),
      ("\u{0}\u{1}\u{0}\u{0}Standard Jet DB", .access), ("\u{0}\u{1}\u{0}\u{0}Standard ACE DB", .access),
      ("BZh91AY&SY", .compressed("bzip2")), ("Rar!\u{1A}", .compressed("RAR")),
    ]
    if let found = known.first(where: { start.starts(with: $0.0.utf8) }) {
      self = found.1
      return
    }
    let bytes: [([UInt8], ForeignFormat)] = [
      ([0x1F, 0x8B, 0x08], .compressed("gzip")), ([0xFD, 0x37, 0x7A, 0x58], .compressed("xz")),
      ([0x37, 0x7A, 0xBC, 0xAF], .compressed("7z")), ([0x28, 0xB5, 0x2F, 0xFD], .compressed("zstd")),
      ([0x89, 0x50, 0x4E, 0x47], .picture), ([0xFF, 0xD8, 0xFF], .picture),
    ]
    guard let found = bytes.first(where: { start.starts(with: $0.0) }) else { return nil }
    self = found.1
  }

  /// - Parameter lines: The first lines of a text that has not the columns of a table.
  init?(text lines: [String]) {
    let lines = lines.map { $0.trimmingBlanks() }.filter { !$0.isEmpty }
    guard let first = lines.first else { return nil }
    let text = lines.joined(separator: "\n").lowercased()
    let lower = first.lowercased()
    let htmlTags = ["<!doctype html", "<html", "<head", "<meta", "<body", "<table", "<style", "<div", "<tr", "<td"]
    if text.hasPrefix("<"), htmlTags.contains(where: text.contains) {
      self = text.contains("urn:schemas-microsoft-com:office:spreadsheet") ? .spreadsheetXML : .html
    } else if text.hasPrefix("<?xml") || (text.hasPrefix("<") && text.contains("xmlns")) {
      self = text.contains("urn:schemas-microsoft-com:office:spreadsheet") ? .spreadsheetXML : .xml
    } else if first.hasPrefix("<"), first.hasSuffix(">") {
      self = .xml
    } else if Self.isJSON(text) {
      self = .json
    } else if lower.hasPrefix("id;p"), text.contains("\nc;") || text.contains("\np;p") {
      self = .sylk
    } else if lower == "table", lines.count > 1, lines[1] == "0,1" {
      self = .dif
    } else if lower.hasPrefix("begin:vcard") {
      self = .vCard
    } else if lower.hasPrefix("begin:vcalendar") {
      self = .calendar
    } else if lower.hasPrefix("dn: ") || lower.hasPrefix("dn:: ") || lower == "# extended ldif"
      || (lower == "version: 1" && text.contains("\ndn:"))
    {
      self = .ldif
    } else if lower.hasPrefix("-----begin pgp") {
      self = .openPGP
    } else if lower.hasPrefix("-----begin ") {
      self = .pem
    } else if Self.isSQL(lines) {
      self = .sqlDump
    } else if Self.isMail(lines) {
      self = .mail
    } else {
      return nil
    }
  }

  /// A table in the notation of another kind of text, which looks like one that is delimited.
  ///
  /// - Parameters:
  ///   - lines: The first lines of the text.
  ///   - header: The place among them of the one with the titles, or of the likeliest.
  init?(table lines: [String], header: Int) {
    guard lines.indices.contains(header) else { return nil }
    let title = lines[header].trimmingBlanks()
    let rows = lines[(header + 1)...].map { $0.trimmingBlanks() }.filter { !$0.isEmpty }
    if title.hasPrefix(">"), rows.first?.hasPrefix(">") == true {
      self = .quotedMail
    } else if Self.isWiki(title, rows, above: lines[..<header]) {
      self = .wiki
    } else if title.contains("&"), title.hasSuffix("\\\\") {
      self = .latex
    } else if Self.isQuotedPrintable(lines) {
      self = .quotedPrintable
    } else {
      return nil
    }
  }

  /// Confluence and Jira (`||title||` above `|cell|`), MediaWiki, Trac, MoinMoin, Redmine.
  private static func isWiki(_ title: String, _ rows: [String], above: ArraySlice<String>) -> Bool {
    // Two columns without a title are none.
    if title.hasPrefix("||"), title.ranges(of: "||").count > 2 {
      let first = rows.first ?? ""
      return title.hasPrefix("||=") || title.hasPrefix("||'''") || first.hasPrefix("|") && !first.hasPrefix("||")
    }
    return title.hasPrefix("{|") || title.hasPrefix("|_.") || title.hasPrefix("|=")
      || title.hasPrefix("!") && above.contains { $0.trimmingBlanks().hasPrefix("{|") }
  }

  /// Lines that end in `=` and go on in the next one, and letters as `=C3=A4`.
  private static func isQuotedPrintable(_ lines: [String]) -> Bool {
    func isHex(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) || (0x41...0x46).contains(byte) }
    let broken = lines.dropLast().count { $0.hasSuffix("=") }
    guard broken > 1, broken * 3 >= lines.count else { return false }
    return lines.contains { line in
      let bytes = Array(line.utf8)
      return bytes.indices.dropLast(2).contains { place in
        bytes[place] == UInt8(ascii: "=") && isHex(bytes[place + 1]) && isHex(bytes[place + 2])
      }
    }
  }

  private static func isJSON(_ text: String) -> Bool {
    guard let first = text.first, first == "{" || first == "[" else { return false }
    let next = text.dropFirst().first { !$0.isWhitespace }
    return next == "\"" || next == "{" || next == "[" || next == "}" || next == "]"
  }

  private static func isSQL(_ lines: [String]) -> Bool {
    let starts = [
      "insert into ", "create table ", "drop table ", "pragma foreign_keys", "begin transaction;", "set names ",
      "-- mysql dump", "-- mariadb dump", "-- phpmyadmin", "-- postgresql database dump", "copy public.",
      "lock tables ",
    ]
    return lines.contains { line in starts.contains(where: line.lowercased().hasPrefix) }
  }

  private static func isMail(_ lines: [String]) -> Bool {
    let fields = [
      "return-path:", "received:", "delivered-to:", "mime-version:", "message-id:", "from:", "to:", "subject:", "date:",
      "content-type:", "x-mozilla-status:",
    ]
    let found = Set(lines.compactMap { line in fields.first(where: line.lowercased().hasPrefix) })
    return found.count >= 3
  }

  /// What it is and what to do.
  var description: String {
    switch self {
    case .html: "this is HTML (a web page), whatever its name says; \(Self.open)"
    case .spreadsheetXML: "this is XML of a spreadsheet program; \(Self.open)"
    case .xml: "this is XML and not a table; \(Self.export)"
    case .json: "this is JSON and not a table; \(Self.export)"
    case .sylk: "this is SYLK, an old format of spreadsheet programs; \(Self.open)"
    case .dif: "this is DIF, an old format of spreadsheet programs; \(Self.open)"
    case .vCard: "these are address cards (vCard) and not a table; \(Self.export)"
    case .calendar: "this is a calendar and not a table of customers"
    case .ldif: "this is LDIF, the export of a directory, and not a table; \(Self.export)"
    case .mail: "this is an e-mail and not a table; save the file that is attached to it"
    case .sqlDump: "this is the dump of a database and not a table; \(Self.export)"
    case .openPGP: "this is encrypted or signed with OpenPGP; decrypt it first"
    case .pem: "this is a key, a certificate or an encrypted message and not a table"
    case .postScript: "this is PostScript, a printed page; \(Self.export)"
    case .pdf: "this is a PDF, a printed page; \(Self.export)"
    case .rtf: "this is a text document (RTF); \(Self.open)"
    case .sqlite, .access: "this is a database and not a table; \(Self.export)"
    case .compressed(let name): "this is compressed (\(name)); unpack it first"
    case .picture: "this is a picture; \(Self.export)"
    case .parquet: "this is Parquet; \(Self.export)"
    case .wiki:
      "this table is in the notation of a wiki, which is not read; copy the table from the page as it is shown into a "
        + "spreadsheet program and save it as .xlsx, .ods or \"CSV UTF-8\""
    case .latex: "this table is in the notation of LaTeX, which is not read; \(Self.export)"
    case .quotedMail:
      "the lines begin with \">\", as in the answer to an e-mail; take the list from the first e-mail, or remove the signs from "
        + "the beginning of all lines"
    case .quotedPrintable:
      "this is the inside of an e-mail (quoted-printable) and not a table; save the file that is attached to it from the mail "
        + "program"
    case .oneValueALine:
      "each line has one value behind the title of its column (\\x of psql, \\G of mysql), and this is not a table; "
        + "\(Self.export)"
    }
  }

  private static let open =
    "open it in a spreadsheet program and save it as .xlsx, .ods or \"CSV UTF-8\""
  private static let export =
    "export the customers as .xlsx, .ods or \"CSV UTF-8\" from the program that it comes from"
}
