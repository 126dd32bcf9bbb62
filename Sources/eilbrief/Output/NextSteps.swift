import Queue
import Receipts
import Reports

/// What `status` says below the figures: who delivers, or what the operator can do.
enum NextSteps {
  static func lines(_ status: CampaignStatus, _ words: CommandWords) -> [String] {
    guard status.plan != nil, status.purge == nil else { return [] }
    var lines: [String] = []
    switch status.state {
    case .running: lines.append(delivery(status.process, words))
    case .paused, .aborted: lines.append("\(status.state.rawValue): `\(words("resume"))` goes on.")
    case .completed where status.remaining > 0:
      lines.append("Letters are to be sent again: `\(words("resume"))` sends them.")
    case .draft, .completed, .cancelled: break
    }
    let lost: [MessageState] = [.refused, .expired, .excluded, .cancelled]
    if lost.contains(where: { status.count($0) > 0 }) {
      lines.append("`\(words("report", "calls"))` lists who is to be called.")
    }
    return lines
  }

  private static func delivery(_ process: DeliveringProcess?, _ words: CommandWords) -> String {
    guard let process else {
      return "No process delivers it now: the last one was killed. `\(words("resume"))` goes on."
    }
    guard !process.isStopped else {
      return """
        Process \(process.pid) is stopped and delivers nothing: `kill -CONT \(process.pid)` lets it go on, \
        `kill -9 \(process.pid)` ends it.
        """
    }
    let since = process.since.map { " since \(LocalTime.full($0))" } ?? ""
    return "Process \(process.pid) on \(process.host) delivers it\(since)."
  }
}
