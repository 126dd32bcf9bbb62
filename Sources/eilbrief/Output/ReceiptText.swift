import Foundation
import Mail
import Queue
import Receipts

/// A receipt as one line for people.
enum ReceiptText {
  static func text(_ receipt: Receipt) -> String {
    var parts = ["\(receipt.seq)", RFC3339.string(receipt.at), receipt.event.rawValue]
    if let attempt = receipt.attempt { parts.append("attempt \(attempt)") }
    if let relay = receipt.relay { parts.append("through \(relay)") }
    if let phase = receipt.phase { parts.append("at \(phase)") }
    if let code = receipt.code { parts.append("\(code)") }
    if let reply = receipt.reply, !reply.isEmpty { parts.append("“\(reply.replacing("\n", with: " / "))”") }
    if let resolution = receipt.resolution { parts.append("as \(resolution)") }
    if let evidence = receipt.evidence { parts.append("by \(evidence.replacing("\n", with: " / "))") }
    if let reason = receipt.reason { parts.append(reason) }
    if let sha256 = receipt.sha256 { parts.append("sha256 \(sha256)") }
    return parts.joined(separator: "  ")
  }
}
