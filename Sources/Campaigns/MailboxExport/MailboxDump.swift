import Files
import Foundation

/// A dump of mailboxes that is no table: which form it has, by its first lines, and its entries.
struct MailboxDump {
  let form: MailboxExport.Form

  /// In bytes; an entry of LDIF may have several lines.
  private static let longestLine = 1 << 20
  private static let mostEntries = 5_000_000

  /// Nil when it may be a table.
  ///
  /// - Parameter head: The first bytes of the file.
  init?(of head: [UInt8]) {
    let lines = String(decoding: head, as: UTF8.self).split(whereSeparator: \.isNewline).map {
      $0.trimmingPrefix("\u{FEFF}")
    }
    guard let first = lines.first(where: { !$0.hasPrefix("#") && !$0.allSatisfy(\.isWhitespace) }) else { return nil }
    let lower = first.lowercased()
    if lower.hasPrefix("dn:") || lower.hasPrefix("version:") {
      form = .ldif
    } else if lines.contains(where: { Self.copied($0) != nil }) {
      form = .copy
    } else if Self.isPasswd(first) {
      form = .passwdFile
    } else if Self.arePairs(first) {
      form = .pairs
    } else {
      return nil
    }
  }

  /// `anna@firm.example:{SHA512-CRYPT}…:1000:1000::/home/anna::changed=1795428900`
  private static func isPasswd(_ line: Substring) -> Bool {
    let parts = line.split(separator: ":", maxSplits: 7, omittingEmptySubsequences: false)
    guard parts.count >= 2, !parts[0].isEmpty, !parts[0].contains(where: { " \t;,=\"".contains($0) }) else {
      return false
    }
    return parts.count >= 7 || parts[1].hasPrefix("{")
  }

  private static func arePairs(_ line: Substring) -> Bool {
    guard let end = line.firstIndex(of: "="), !line.contains(";"), !line.contains(",") else { return false }
    let key = line[..<end]
    return !key.isEmpty && key.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_.-".contains($0)) }
  }

  /// The columns of `COPY public.mailbox (username, password_changed) FROM stdin;`; nil for another line.
  private static func copied(_ line: Substring) -> [String]? {
    let lower = line.lowercased()
    guard lower.hasPrefix("copy "), lower.hasSuffix("from stdin;"), let open = line.firstIndex(of: "("),
      let close = line.lastIndex(of: ")"), open < close
    else { return nil }
    return line[line.index(after: open)..<close].split(separator: ",").map {
      $0.trimmingCharacters(in: CharacterSet(charactersIn: " \"")).lowercased()
    }
  }

  // MARK: Entries

  func entries(
    of file: RandomAccessFile, _ name: String, _ names: MailboxExport.Names
  ) throws(CustomerFileError) -> [MailboxExport.Entry] {
    var reading = Reading(form: form, names: names, name: name)
    do {
      try file.forEachLine(longest: Self.longestLine) { line, _ in try reading.take(line) }
      try reading.end()
    } catch let error as CustomerFileError {
      throw error
    } catch let error as FileError {
      throw CustomerFileError(name, error.clause)
    } catch {
      throw CustomerFileError(name, "it cannot be read")
    }
    guard !reading.entries.isEmpty else {
      throw CustomerFileError(
        name,
        "it looks like \(form.rawValue) and no mailbox is found in it; --columns mailbox=NAME,time=NAME names what holds them"
      )
    }
    return reading.entries
  }

  /// The lines of a dump, one after the other.
  private struct Reading {
    let form: MailboxExport.Form
    let names: MailboxExport.Names
    let name: String
    var entries: [MailboxExport.Entry] = []
    private var number = 0
    /// Of LDIF: the entry's attributes so far, its first line, and the line that may go on.
    private var attributes: [String: [String]] = [:]
    private var begin = 0
    private var open: (text: String, line: Int)?
    private var fault: String?
    /// Of `COPY`: the columns of the rows that follow.
    private var columns: [String]?

    init(form: MailboxExport.Form, names: MailboxExport.Names, name: String) {
      (self.form, self.names, self.name) = (form, names, name)
    }

    mutating func take(_ bytes: [UInt8]) throws {
      number += 1
      var bytes = bytes[...]
      if bytes.last == UInt8(ascii: "\r") { bytes = bytes.dropLast() }
      if number == 1, bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = bytes.dropFirst(3) }
      guard let line = String(validating: bytes, as: UTF8.self) else {
        // What surrounds it in LDIF belongs to one entry.
        if form == .ldif { fault = "the entry is not UTF-8" } else { add("", nil, "the line is not UTF-8") }
        return
      }
      switch form {
      case .ldif: try ldif(line)
      case .passwdFile: passwd(line)
      case .pairs: pairs(line)
      case .copy: copy(line)
      case .table: break
      }
      guard entries.count <= mostEntries else {
        throw CustomerFileError(name, line: number, "more than \(mostEntries) mailboxes are too many")
      }
    }

    mutating func end() throws {
      if form == .ldif { try ldif("") }
    }

    private mutating func add(_ login: String, _ time: String?, _ fault: String? = nil) {
      entries.append(.init(line: number, login: login, time: time, fault: fault))
    }

    private mutating func add(_ values: [String: [String]], at line: Int, _ fault: String? = nil) {
      guard let logins = MailboxExport.Names.first(names.mailbox, in: values) else {
        if let fault { entries.append(.init(line: line, login: "", time: nil, fault: fault)) }
        return
      }
      // Changed several times: the last one counts.
      let times = MailboxExport.Names.first(names.time, in: values) ?? []
      for login in logins {
        for time in times.isEmpty ? [nil] : times.map(Optional.some) {
          entries.append(.init(line: line, login: login, time: time, fault: fault))
        }
      }
    }

    // MARK: LDIF (RFC 2849)

    private mutating func ldif(_ line: String) throws {
      if line.hasPrefix(" "), open != nil {
        guard (open?.text.utf8.count ?? 0) + line.utf8.count <= longestLine else {
          throw CustomerFileError(name, line: number, "a value goes on over too many lines")
        }
        open?.text.append(contentsOf: line.dropFirst())
        return
      }
      if let (text, start) = open { attribute(text, start) }
      open = nil
      if line.isEmpty {
        if begin > 0 { add(attributes, at: begin, fault) }
        (attributes, begin, fault) = ([:], 0, nil)
      } else {
        open = (line, number)
      }
    }

    private mutating func attribute(_ text: String, _ start: Int) {
      guard !text.hasPrefix("#") else { return }
      guard let colon = text.firstIndex(of: ":") else {
        fault = fault ?? "a line of the entry is neither an attribute nor the rest of one"
        return
      }
      if begin == 0 { begin = start }
      // `mail;lang-de` is a `mail`.
      let key = text[..<colon].prefix { $0 != ";" }.lowercased()
      var value = text[text.index(after: colon)...]
      guard (names.mailbox + names.time).contains(where: { $0.lowercased() == key }), !value.hasPrefix("<") else {
        return
      }
      if value.hasPrefix(":") {
        value = value.dropFirst()
        guard let data = Data(base64Encoded: value.trimmingCharacters(in: .whitespaces)),
          let decoded = String(validating: data, as: UTF8.self)
        else {
          fault = fault ?? "the value of “\(key)” is no base64 of a text"
          return
        }
        attributes[key, default: []].append(decoded.trimmingCharacters(in: .whitespaces))
      } else {
        attributes[key, default: []].append(value.trimmingCharacters(in: .whitespaces))
      }
    }

    // MARK: Lines

    /// The extra fields stand behind the seventh colon.
    private mutating func passwd(_ line: String) {
      guard !line.hasPrefix("#"), !line.allSatisfy(\.isWhitespace) else { return }
      let parts = line.split(separator: ":", maxSplits: 7, omittingEmptySubsequences: false)
      guard parts.count >= 2 else { return add("", nil, "the line is none of a passwd-file") }
      let extra = parts.count == 8 ? Self.pairs(of: parts[7]) : [:]
      // `userdb_changed=…` is a field of the user database.
      var values: [String: [String]] = [:]
      for (key, found) in extra { values[key.hasPrefix("userdb_") ? String(key.dropFirst(7)) : key] = found }
      let time = MailboxExport.Names.first(names.time, in: values)?.last
      add(String(parts[0]).trimmingCharacters(in: .whitespaces), time)
    }

    private mutating func pairs(_ line: String) {
      guard !line.hasPrefix("#"), !line.allSatisfy(\.isWhitespace) else { return }
      let values = Self.pairs(of: line[...])
      guard MailboxExport.Names.first(names.mailbox, in: values) != nil else {
        return add("", nil, "no key of the line is that of a mailbox")
      }
      add(values, at: number)
    }

    /// `user=anna changed=2026-11-22 10:15:00`: a value ends where the next key begins.
    private static func pairs(of text: Substring) -> [String: [String]] {
      var values: [String: [String]] = [:]
      var key: String?
      var value = ""
      func keep() {
        guard let key else { return }
        values[key, default: []].append(value.trimmingCharacters(in: CharacterSet(charactersIn: "\" ")))
      }
      for word in text.split(whereSeparator: { $0 == " " || $0 == "\t" }) {
        let end = word.firstIndex(of: "=") ?? word.startIndex
        if end > word.startIndex,
          word[..<end].allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "_.-".contains($0)) })
        {
          keep()
          key = word[..<end].lowercased()
          value = String(word[word.index(after: end)...])
        } else {
          value += " " + word
        }
      }
      keep()
      return values
    }

    private mutating func copy(_ line: String) {
      guard let columns else {
        let found = MailboxDump.copied(line[...]) ?? []
        let named = Dictionary(found.map { ($0, [""]) }) { first, _ in first }
        if MailboxExport.Names.first(names.mailbox, in: named) != nil { columns = found }
        return
      }
      guard line != "\\." else {
        self.columns = nil
        return
      }
      let cells = line.split(separator: "\t", omittingEmptySubsequences: false)
      guard cells.count == columns.count else {
        return add("", nil, "the line has \(cells.count) values, and the table \(columns.count) columns")
      }
      add(Dictionary(zip(columns, cells.map { [String($0)] })) { first, _ in first }, at: number)
    }
  }
}
