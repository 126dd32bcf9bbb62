/// The encodings in which programs save a table as text.
public enum TextEncoding: String, Sendable, CaseIterable {
  case utf8 = "UTF-8"
  case utf16LittleEndian = "UTF-16LE"
  case utf16BigEndian = "UTF-16BE"
  case windows1252 = "Windows-1252"
  case latin1 = "ISO-8859-1"
  case latin9 = "ISO-8859-15"
  case cp850
  case cp858
  case cp437
  case cp852
  case macRoman = "MacRoman"
  case windows1250 = "Windows-1250"
  case latin2 = "ISO-8859-2"
  case windows1254 = "Windows-1254"
  case latin5 = "ISO-8859-9"
  case windows1251 = "Windows-1251"
  case windows1257 = "Windows-1257"

  /// The encoding with this name, by whichever of its usual names, in any case and with or without hyphens; nil when it
  /// is not read.
  init?(named name: String) {
    let key = name.lowercased().filter { !" -_.:".contains($0) }
    guard let known = Self.names[key] else { return nil }
    self = known
  }

  private static let names: [String: TextEncoding] = {
    var names: [String: TextEncoding] = [:]
    func add(_ encoding: TextEncoding, _ more: String...) {
      for name in more + [encoding.rawValue.lowercased().filter { $0 != "-" }] { names[name] = encoding }
    }
    add(.utf8, "utf8bom", "utf8sig", "csvutf8", "unicode8", "cp65001", "65001")
    // Where the file begins with a mark, the mark says which of the two it is.
    add(.utf16LittleEndian, "utf16", "unicode", "ucs2", "ucs2le", "cp1200", "1200", "unicodetext")
    add(.utf16BigEndian, "ucs2be", "cp1201", "1201")
    add(.windows1252, "cp1252", "1252", "ansi", "win1252", "winlatin1", "xcp1252", "windows", "windowsansi")
    add(.latin1, "latin1", "l1", "isolatin1", "88591", "iso88591", "cp28591", "28591")
    add(.latin9, "latin9", "latin0", "l9", "885915", "cp28605", "28605")
    add(.cp850, "ibm850", "850", "dos", "oem", "oem850", "dos850", "msdos", "doslatin1", "pc850", "pc850multilingual")
    add(.cp858, "ibm858", "858", "ibm00858", "oem858", "dos858")
    add(.cp437, "ibm437", "437", "oem437", "dos437", "oemus", "dosus")
    add(.cp852, "ibm852", "852", "oem852", "dos852", "doslatin2", "pclatin2")
    add(
      .macRoman, "mac", "macintosh", "applemac", "xmacroman", "macosroman", "cp10000", "10000", "applemacintosh",
      "apple")
    add(.windows1250, "cp1250", "1250", "win1250", "winlatin2", "xcp1250")
    add(.latin2, "latin2", "l2", "isolatin2", "88592", "cp28592", "28592")
    add(.windows1254, "cp1254", "1254", "win1254", "winlatin5", "xcp1254")
    add(.latin5, "latin5", "l5", "isolatin5", "88599", "cp28599", "28599")
    add(.windows1251, "cp1251", "1251", "win1251", "wincyrillic", "xcp1251")
    add(.windows1257, "cp1257", "1257", "win1257", "winbaltic", "xcp1257")
    return names
  }()

  /// The number of bytes per unit.
  var width: Int { self == .utf16LittleEndian || self == .utf16BigEndian ? 2 : 1 }

  /// True when every byte is a character of its own.
  var isSingleByte: Bool { width == 1 && self != .utf8 }
}
