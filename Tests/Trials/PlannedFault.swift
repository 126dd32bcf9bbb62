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

  /// What the child is told.
  public var environment: [String: String] {
    ["EILBRIEF_FAULT": "\(point):\(passing)", "EILBRIEF_FAULT_ACTION": action.rawValue]
  }
}
