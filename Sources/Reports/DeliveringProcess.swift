public import Foundation

/// The process that delivers a campaign now, as `eilbrief status --json` names it.
public struct DeliveringProcess: Sendable, Hashable, Encodable {
  public var pid: Int32
  public var host: String
  public var since: Date?
  /// By a signal (SIGSTOP, Ctrl-Z): it holds the queue and delivers nothing until it is let go on.
  public var isStopped: Bool

  public init(pid: Int32, host: String, since: Date?, isStopped: Bool) {
    self.pid = pid
    self.host = host
    self.since = since
    self.isStopped = isStopped
  }

  private enum CodingKeys: String, CodingKey {
    case pid, host, since
    case isStopped = "stopped"
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(pid, forKey: .pid)
    try container.encode(host, forKey: .host)
    try container.encode(since, forKey: .since)
    try container.encode(isStopped, forKey: .isStopped)
  }
}
