import Files
import Foundation
import Yams

/// `campaign.yaml` as a tree whose every node knows its line and column.
///
/// It fails with a problem that names the place: text that is not UTF-8, a syntax error, several documents, and what
/// ``YAMLScan`` refuses. What ``YAMLTraps`` finds is left to be reported with the problems of the values. A key that is written twice does not hide the other problems: all its places but the last are
/// struck out before the text is composed.
struct YAMLDocument {
  /// Line and column, both from 1.
  struct Place: Hashable {
    var line: Int
    var column: Int
  }
  /// The root of the tree; nil for a file that holds nothing but comments.
  let root: Node?
  /// Keys struck out because they occur again in the same mapping, by their place.
  let struckKeys: [Place: String]
  /// What the text says to YAML and not to the person who wrote it.
  let traps: YAMLTraps
  /// Keeps the anchors alive, since nodes only refer to them.
  private let parser: Parser

  init(_ bytes: [UInt8], file: String) throws(CampaignFileError) {
    func failure(_ place: Place?, _ message: String) -> CampaignFileError {
      CampaignFileError([Problem(file: file, line: place?.line, column: place?.column, message: message)])
    }
    var text = YAMLSource.withLineFeeds(bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes)
    guard String(validating: text, as: UTF8.self) != nil else {
      throw failure(Self.firstInvalid(text), "this is not UTF-8 text; save the file with the encoding UTF-8")
    }
    let source = YAMLSource(text)
    let strays = source.strays
    guard strays.isEmpty else {
      throw CampaignFileError(
        strays.map { Problem(file: file, line: $0.place.line, column: $0.place.column, message: $0.message) })
    }
    let scan = YAMLScan(text)
    if let refused = scan.refused { throw failure(refused.place, refused.message) }
    traps = YAMLTraps(source, scan.scalars)
    struckKeys = Self.strike(scan.repeated, in: &text)
    do {
      // The resolver without rules leaves every scalar as its text: the reader of a key decides its type.
      parser = try Parser(yaml: String(decoding: text, as: UTF8.self), resolver: .basic, encoding: .utf8)
      root = try parser.singleRoot()
    } catch let error as YamlError {
      let (place, message) = YAMLFault(error, in: source).problem
      throw failure(place, message)
    } catch {
      throw failure(nil, "cannot be read as YAML: \(error)")
    }
  }

  /// The number of keys that are struck out; of a file with more of them, one is reported.
  private static let mostStruck = 100

  /// Strikes out keys, from the end of the text to its beginning, so that the places before stay where they are.
  private static func strike(_ keys: [(place: Place, key: String)], in text: inout [UInt8]) -> [Place: String] {
    var struck: [Place: String] = [:]
    guard !keys.isEmpty, keys.count <= mostStruck else { return struck }
    for (place, key) in keys.sorted(by: { ($0.place.line, $0.place.column) > ($1.place.line, $1.place.column) }) {
      guard let index = offset(of: place, in: text), strike(key, at: index, in: &text, with: struck.count) else {
        continue
      }
      struck[place] = key
    }
    return struck
  }

  /// Exchanges the first character of a plain or quoted key for one of private use, a different one each time; columns
  /// stay as they are, in scalars. False when the key is not written there letter by letter.
  private static func strike(_ name: String, at index: Int, in text: inout [UInt8], with number: Int) -> Bool {
    guard let first = name.unicodeScalars.first else { return false }
    let start = text[index] == UInt8(ascii: "\"") || text[index] == UInt8(ascii: "'") ? index + 1 : index
    let old = Array(String(first).utf8)
    guard text[start...].starts(with: old), let mark = Unicode.Scalar(0xE000 + UInt32(number)) else { return false }
    text.replaceSubrange(start..<start + old.count, with: Array(String(mark).utf8))
    return true
  }

  private static func offset(of place: Place, in text: [UInt8]) -> Int? {
    var (line, column) = (1, 1)
    for (index, byte) in text.enumerated() where byte & 0xC0 != 0x80 {
      if line == place.line, column == place.column { return index }
      if byte == 0x0A { (line, column) = (line + 1, 1) } else { column += 1 }
    }
    return nil
  }

  private static func place(at offset: Int, in text: ArraySlice<UInt8>) -> Place {
    var (line, column) = (1, 1)
    for byte in text.prefix(offset) where byte & 0xC0 != 0x80 {
      if byte == 0x0A { (line, column) = (line + 1, 1) } else { column += 1 }
    }
    return Place(line: line, column: column)
  }

  private static func firstInvalid(_ text: [UInt8]) -> Place {
    var scan = UTF8Scan()
    let valid = text.firstIndex { !scan.accepts($0) } ?? text.count
    return place(at: valid, in: text[...])
  }

  static let noAliases = "anchors and aliases (& and *) are not taken here; write the value out, or put it in quotes"
}
