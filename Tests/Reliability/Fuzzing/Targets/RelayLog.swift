import Foundation
import Mail
import RelayLogs

/// A relay's log, plain or gzip, searched for letters that the seeds tell of and for one they do not.
struct RelayLog: FuzzTarget {
  private let file = ScratchFile("log")
  private let attempts: [UncertainAttempt]
  private let accepted: [AcceptedLetter]
  private let others: [AttemptedLetter]
  private let zone: TimeZone

  init() {
    // Literals in the right form.
    zone = TimeZone(identifier: "Europe/Berlin")!
    let begin = Date(timeIntervalSince1970: 1_795_540_680)
    func message(_ text: String) -> MessageID { try! MessageID(parsing: text) }
    let sender = Samples.address("support@kanzlei-it.example")
    attempts = (1...3).map { number in
      UncertainAttempt(
        message: Int64(number), messageID: message("<\(number)@kanzlei-it.example>"), sender: sender,
        recipient: Samples.address("post@k\(number).example"), relay: "main", attempts: 1,
        first: begin, begin: begin, end: begin + 60)
    }
    others = [
      AttemptedLetter(
        messageID: message("<8@kanzlei-it.example>"), recipient: Samples.address("post@k1.example"), from: begin + 20,
        to: begin + 21, reply: "2.0.0 Ok: queued as 4ABCDE")
    ]
    accepted = [
      AcceptedLetter(
        messageID: message("<9@kanzlei-it.example>"), recipient: Samples.address("post@k9.example"), relay: "main",
        at: begin + 10, reply: "2.0.0 Ok: queued as 4ABCDF")
    ]
  }

  func run(_ bytes: [UInt8]) {
    file.fill(bytes)
    do {
      let search = try RelayLogSearch(paths: [file.path], zone: zone)
      _ = try search.judge(attempts, accepted: accepted, others: others)
    } catch {
      _ = "\(error)"
    }
  }
}
