/// One crash: at which fault point of `eilbrief`, at which passing of it, and whether the process is killed or stopped.
public struct PlannedFault: Sendable, Hashable, CustomStringConvertible {
  public enum Action: String, Sendable { case kill, stop }

  public var point: String
  /// From 1.
  public var passing: Int
  public var action: Action

  public init(_ point: String, passing: Int = 1, action: Action = .kill) {
    self.point = point
    self.passing = passing
    self.action = action
  }

  public var description: String { "\(action.rawValue) at \(point):\(passing)" }

  /// How often a command passed each point, from the errors of one that was asked to tell.
  static func passings(in errors: String) -> [String: Int] {
    let mark = "fault point "
    let points = errors.split(separator: "\n").filter { $0.hasPrefix(mark) }.map { String($0.dropFirst(mark.count)) }
    return Dictionary(grouping: points) { $0 }.mapValues(\.count)
  }

  /// What the child is told.
  public var environment: [String: String] {
    ["EILBRIEF_FAULT": "\(point):\(passing)", "EILBRIEF_FAULT_ACTION": action.rawValue]
  }
}
