import Delivery
import Foundation

/// One row of a table of labelled replies. The columns: reply, phase, class, treatment, scope, receiver, source, note; the
/// note may name alternatives that are right as well (`alt-class=`, `alt-treatment=`, `alt-scope=`).
struct LabelledReply: CustomStringConvertible {
  let reply: String
  let phase: Phase?
  let classes: Set<String>
  let treatments: Set<String>
  let scopes: Set<String>

  var description: String { "\(phase?.rawValue ?? "-") \(reply)" }

  init?(_ line: Substring) {
    let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    guard fields.count == 8 else { return nil }
    reply = fields[0]
    phase = Phase(named: fields[1])
    classes = Self.alternatives("alt-class=", in: fields[7]).union([fields[2]])
    treatments = Self.alternatives("alt-treatment=", in: fields[7]).union([fields[3]])
    scopes = Self.alternatives("alt-scope=", in: fields[7]).union([fields[4]])
  }

  private static func alternatives(_ name: String, in note: String) -> Set<String> {
    for token in note.split(separator: ";") {
      let token = token.trimmingCharacters(in: .whitespaces)
      if token.hasPrefix(name) { return Set(token.dropFirst(name.count).split(separator: ",").map(String.init)) }
    }
    return []
  }

  /// The tables beside this file.
  static func table(_ name: String) throws -> [LabelledReply] {
    let url = Bundle.module.resourceURL!.appending(path: "\(name).tsv")
    let lines = try String(contentsOf: url, encoding: .utf8).split(separator: "\n").dropFirst()
    return lines.compactMap { LabelledReply($0) }
  }
}

extension Treatment {
  /// The labels that a treatment fulfils: the tables know four. A pause waits for a quota of ours.
  var labels: Set<String> {
    switch self {
    case .accept: ["accept"]
    case .retry, .newConnection, .slowDown: ["retry"]
    case .pause: ["retry", "suspect-us"]
    case .refuseRecipient: ["refuse-recipient"]
    case .suspectUs: ["suspect-us"]
    }
  }
}
