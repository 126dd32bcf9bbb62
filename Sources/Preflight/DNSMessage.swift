import CResolv
import Foundation

/// One message of a name server, read with the system library's parser: the server's answer to a question.
///
/// Everything in it comes from a stranger until it is read here: sizes are checked, at most ``mostRecords`` records are
/// read, and names are printable ASCII afterwards.
enum DNSMessage {
  enum Reading: Equatable {
    case answer(DNSAnswer)
    /// The answer ends with a CNAME to a name about which it says nothing.
    case alias(String)
  }

  static let mostRecords = 512

  static func read(_ message: [UInt8], _ name: String, _ type: DNSType) -> Reading {
    var header = cresolv_header()
    guard cresolv_read_header(message, message.count, &header) else {
      return .answer(.unknown("the name server's answer cannot be read"))
    }
    guard header.code == 0 || header.code == 3 else { return .answer(.unknown(words(forCode: Int(header.code)))) }
    guard !header.is_truncated else { return .answer(.unknown("the name server's answer is cut off")) }
    var owned: [String: [DNSRecord]] = [:]
    var aliases: [String: String] = [:]
    for index in 0..<min(header.answers, mostRecords) {
      var record = cresolv_record()
      guard cresolv_read_record(message, message.count, index, &record) else {
        return .answer(.unknown("the name server's answer cannot be read"))
      }
      guard record.class_ == 1 else { continue }
      let owner = text(of: record.owner)
      if record.type == DNSType.cname.rawValue, type != .cname {
        if let target = self.name(in: message, at: record.offset, limit: record.count) { aliases[owner] = target }
      } else if record.type == type.rawValue {
        guard let data = data(of: record, in: message, type) else {
          return .answer(.unknown("a \(type.name) record in the name server's answer cannot be read"))
        }
        owned[owner, default: []].append(data)
      }
    }
    var current = name
    var seen: Set = [name]
    while owned[current] == nil, let target = aliases[current] {
      guard seen.insert(target).inserted else { return .answer(.unknown("its aliases (CNAME) go in a ring")) }
      current = target
    }
    if let records = owned[current] { return .answer(.records(records)) }
    if header.code == 3 { return .answer(.noSuchName) }
    if current != name { return .alias(current) }
    guard header.is_authoritative || header.is_recursive else {
      return .answer(.unknown("the name server does not know this name and asks no other one"))
    }
    return .answer(.noData)
  }

  /// The words for a server's code that is not an answer (RFC 1035 §4.1.1).
  static func words(forCode code: Int) -> String {
    switch code {
    case 1: "the name server says that the question is malformed (FORMERR)"
    case 2: "the name server could not find out (SERVFAIL)"
    case 4: "the name server does not take such questions (NOTIMP)"
    case 5: "the name server refuses to answer (REFUSED)"
    default: "the name server answers with code \(code)"
    }
  }

  private static func data(of record: cresolv_record, in message: [UInt8], _ type: DNSType) -> DNSRecord? {
    let bytes = message[record.offset..<record.offset + record.count]
    switch type {
    case .a: return bytes.count == 4 ? IPAddress(bytes: Array(bytes)).map(DNSRecord.address) : nil
    case .aaaa: return bytes.count == 16 ? IPAddress(bytes: Array(bytes)).map(DNSRecord.address) : nil
    case .cname, .ptr: return name(in: message, at: record.offset, limit: record.count).map(DNSRecord.name)
    case .mx:
      guard bytes.count > 2, let host = name(in: message, at: record.offset + 2, limit: record.count - 2) else {
        return nil
      }
      return .mx(preference: Int(bytes[bytes.startIndex]) << 8 | Int(bytes[bytes.startIndex + 1]), host: host)
    case .txt:
      var text: [UInt8] = []
      var rest = bytes
      while let count = rest.first {
        guard rest.count > Int(count) else { return nil }
        text += rest.dropFirst().prefix(Int(count))
        rest = rest.dropFirst(Int(count) + 1)
      }
      return .text(text)
    }
  }

  private static func name(in message: [UInt8], at offset: Int, limit: Int) -> String? {
    var text = [CChar](repeating: 0, count: cresolv_name_size)
    guard cresolv_read_name(message, message.count, offset, limit, &text) else { return nil }
    return lowered(text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) })
  }

  private static func text(of array: some Any) -> String {
    withUnsafeBytes(of: array) { lowered($0.prefix { $0 != 0 }) }
  }

  private static func lowered(_ bytes: some Collection<UInt8>) -> String {
    let text = String(decoding: bytes, as: UTF8.self).lowercased()
    return text == "." ? "" : text
  }
}
