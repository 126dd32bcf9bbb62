@testable import Preflight

/// DNS as a table of lines: `firm.example TXT v=spf1 -all`, `firm.example MX 10 mail.firm.example`,
/// `mail.firm.example A 192.0.2.1`, `broken.example ? SERVFAIL`. What is not in it does not exist.
struct DNSTable: DNSLookup {
  private var records: [String: [(type: String, record: DNSRecord)]] = [:]
  private var broken: [String: String] = [:]

  init(_ lines: String) {
    for line in lines.split(separator: "\n") {
      let words = line.split(separator: " ", maxSplits: 2).map(String.init)
      let (name, type, data) = (words[0], words[1], words[2])
      switch type {
      case "?": broken[name] = data
      case "TXT": add(name, type, .text(Array(data.utf8)))
      case "MX":
        let parts = data.split(separator: " ")
        add(name, type, .mx(preference: Int(parts[0])!, host: parts[1] == "." ? "" : String(parts[1])))
      case "PTR", "CNAME": add(name, type, .name(data))
      default: add(name, type, .address(IPAddress(data)!))
      }
    }
  }

  private mutating func add(_ name: String, _ type: String, _ record: DNSRecord) {
    records[name, default: []].append((type, record))
  }

  func answer(_ name: String, _ type: DNSType) async -> DNSAnswer {
    let name = name.lowercased()
    if let reason = broken[name] { return .unknown(reason) }
    guard let all = records[name] else {
      return records.keys.contains { $0.hasSuffix(".\(name)") } ? .noData : .noSuchName
    }
    let found = all.filter { $0.type == type.name }.map(\.record)
    return found.isEmpty ? .noData : .records(found)
  }
}

extension PreflightFinding {
  /// For comparing: severity and the words.
  var line: String { "\(severity.rawValue) \(found)" }
}
