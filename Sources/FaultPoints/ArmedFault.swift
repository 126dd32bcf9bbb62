#if FAULT_POINTS
  import Foundation
  import Synchronization

  /// The one fault the environment asks for, and how often its point was passed. Safe to use from any thread.
  final class ArmedFault: Sendable {
    private let point: FaultPoint?
    private let passing: Int
    private let action: FaultPoint.Action
    private let passed = Atomic<Int>(0)

    private init(point: FaultPoint?, passing: Int, action: FaultPoint.Action) {
      self.point = point
      self.passing = passing
      self.action = action
    }

    static var inEnvironment: ArmedFault? { if case .armed(let fault) = read { fault } else { nil } }
    static var mistake: String? { if case .mistake(let words) = read { words } else { nil } }

    func isNext(_ point: FaultPoint) -> Bool {
      if action == .tell { return true }
      return point == self.point && passed.load(ordering: .relaxed) == passing - 1
    }

    func pass(_ point: FaultPoint) {
      if action == .tell { return tell(point) }
      guard point == self.point, passed.add(1, ordering: .relaxed).newValue == passing else { return }
      // Sent to this very thread, so that it does not get one step further.
      raise(action == .stop ? SIGSTOP : SIGKILL)
    }

    /// One write, so that lines of several threads stay whole.
    private func tell(_ point: FaultPoint) {
      let line = Array("fault point \(point.rawValue)\n".utf8)
      _ = write(2, line, line.count)
    }

    // MARK: The environment

    private enum Reading: Sendable {
      case nothing
      case armed(ArmedFault)
      case mistake(String)
    }

    private static let read: Reading = {
      let variables = ProcessInfo.processInfo.environment
      var action = FaultPoint.Action.kill
      if let word = variables[FaultPoint.actionVariable] {
        guard let known = FaultPoint.Action(rawValue: word) else {
          return .mistake("\(FaultPoint.actionVariable): “\(word)” is none of \(names(FaultPoint.Action.allCases))")
        }
        action = known
      }
      guard let text = variables[FaultPoint.variable] else {
        return action == .tell ? .armed(ArmedFault(point: nil, passing: 0, action: .tell)) : .nothing
      }
      let parts = text.split(separator: ":", omittingEmptySubsequences: false)
      guard let point = FaultPoint(rawValue: String(parts[0])) else {
        return .mistake("\(FaultPoint.variable): “\(parts[0])” is none of \(names(FaultPoint.allCases))")
      }
      let passing = parts.count == 1 ? 1 : Int(parts[1]) ?? 0
      guard parts.count <= 2, passing > 0 else {
        return .mistake("\(FaultPoint.variable): “\(text)” is not a point and the number of a passing, as in dotSent:3")
      }
      return .armed(ArmedFault(point: point, passing: passing, action: action))
    }()

    private static func names<Name: RawRepresentable>(_ all: [Name]) -> String where Name.RawValue == String {
      all.map(\.rawValue).joined(separator: ", ")
    }
  }
#endif
