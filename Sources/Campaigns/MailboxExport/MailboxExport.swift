import Files
public import Foundation

/// What a mail server has written of its mailboxes, each with a time: when its password was changed, or since when it is
/// closed.
///
/// A table as ``CustomerFile`` would read it (CSV in any dialect and encoding, .xlsx, .ods), or a dump, known by its first
/// lines: LDIF, Dovecot's passwd-file, lines of `key=value`, PostgreSQL's `COPY`. The entries are in memory; the file may
/// have ``largest`` bytes. Fails with a ``CustomerFileError`` when it cannot be read, or mailboxes or times are not found
/// in it. No word of a cell, which may be a password, is in any error.
public struct MailboxExport: Sendable {
  public enum Form: String, Sendable, Hashable {
    case table
    case ldif = "LDIF"
    case passwdFile = "passwd-file"
    case pairs = "key=value"
    case copy = "COPY"
  }

  public struct Entry: Sendable, Hashable {
    /// The line of the file, or the row of the sheet.
    public var line: Int
    /// As it is written: an address, or a name without its domain.
    public var login: String
    /// Nil where the entry has none.
    public var time: String?
    /// Why it cannot be read; nil when it can.
    public var fault: String?

    init(line: Int, login: String, time: String?, fault: String? = nil) {
      self.line = line
      self.login = login
      self.time = time.flatMap { MailboxExport.isNothing($0) ? nil : $0 }
      self.fault = fault
    }
  }

  /// What columns, attributes or keys are called in the file.
  public struct Names: Sendable, Hashable {
    var mailbox: [String]
    var time: [String]

    /// - Parameters:
    ///   - mailbox, time: As the operator names them; nil for all names that are known.
    ///   - isOfLocks: The times are those since which mailboxes are closed.
    public init(mailbox: String?, time: String?, isOfLocks: Bool) {
      self.mailbox = mailbox.map { [$0] } ?? Self.mailboxes
      self.time = time.map { [$0] } ?? (isOfLocks ? Self.locks : Self.changes) + Self.times
    }

    private static let mailboxes = [
      "mailbox", "postfach", "mail", "email", "e-mail", "e-mail-adresse", "email_address", "emailaddress", "address",
      "adresse", "username", "user_name", "user", "benutzername", "benutzer", "login", "account", "konto", "uid",
      "userPrincipalName",
    ]
    private static let changes = [
      "pwdChangedTime", "changed_at", "password_changed_at", "password_changed", "pw_changed", "last_password_change",
      "lastPasswordChange", "passwordLastSet", "krbLastPwdChange", "sambaPwdLastSet", "pwdLastSet", "changed",
      "Passwort geändert am", "Passwort geändert", "Passwort_geaendert", "Letzte Passwortänderung", "geändert am",
      "geändert",
    ]
    private static let locks = [
      "pwdAccountLockedTime", "locked_at", "locked", "closed_at", "closed", "disabled_at", "gesperrt am", "gesperrt",
      "geschlossen am", "geschlossen",
    ]
    private static let times = ["time", "timestamp", "zeit", "zeitpunkt", "datum", "date"]

    /// The first of the names, in their order, that `values` has.
    static func first(_ names: [String], in values: [String: [String]]) -> [String]? {
      names.lazy.compactMap { values[$0.lowercased()] }.first
    }
  }

  public static let largest = 256 << 20

  /// The file's name.
  public let name: String
  public let form: Form
  public let entries: [Entry]
  /// What the column of times is called in a table; nil where there is none, and in a dump.
  public let timeTitle: String?

  public init(_ url: URL, _ names: Names) throws(CustomerFileError) {
    name = url.lastPathComponent
    var head: [UInt8] = []
    let file: RandomAccessFile
    let size: Int
    do throws(FileError) {
      file = try RandomAccessFile(url)
      size = try file.stamp().size
      try file.read(1 << 16, at: 0, into: &head)
    } catch {
      throw CustomerFileError(url.path(percentEncoded: false), error.clause)
    }
    guard size <= Self.largest else {
      throw CustomerFileError(name, "the file has more than \(Self.largest >> 20) MB: is it an export of mailboxes?")
    }
    guard let dump = MailboxDump(of: head) else {
      form = .table
      (entries, timeTitle) = try Self.table(url, names)
      return
    }
    form = dump.form
    timeTitle = nil
    entries = try dump.entries(of: file, name, names)
  }

  /// The mailbox is found by one name after the other, the time by whichever is there.
  private static func table(_ url: URL, _ names: Names) throws(CustomerFileError) -> ([Entry], String?) {
    let first = (names.mailbox[0], names.time[0])
    let columns = names.mailbox.map { [$0, first.1] } + names.time.dropFirst().map { [first.0, $0] }
    let table: FormTable
    do throws(CustomerFileError) {
      table = try FormTable(url, columns: columns, needed: [0])
    } catch {
      guard names.mailbox.count > 1, error.description.contains("there is no row with the titles") else { throw error }
      throw CustomerFileError(
        url.lastPathComponent,
        "no column of mailboxes is found; --columns mailbox=TITLE,time=TITLE names the columns by their titles")
    }
    let entries = table.rows.map { row in
      Entry(line: row.line, login: row.cells[0], time: row.cells[1], fault: row.fault)
    }
    return (entries, table.titles[1])
  }

  /// What databases write where there is no value.
  private static func isNothing(_ cell: String) -> Bool {
    cell.isEmpty || ["null", "\\n", "-", "never", "nie", "0"].contains(cell.lowercased())
      || cell.hasPrefix("0000-00-00")
      || cell.hasPrefix("00000101")
  }
}
