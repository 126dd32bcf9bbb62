/// A campaign with more connections than its relay takes: how many letters the relay turns away until the sender knows, and
/// how much of the relay is used.
public struct CeilingTrial {
  /// Letters of ``OracleTrial/letters`` that were answered with 421.
  public var turnedAway: Int
  public var missing: Int
  /// The share of its letters a second that the relay had in its second minute.
  public var used: Double

  static let ceiling = 5
  static let connections = 20

  /// - Parameter greetsAll: The relay says so to the first letter of a connection, not in place of its greeting.
  public static func run(seed: UInt64, greetsAll: Bool) -> CeilingTrial {
    let world = World(seed: seed, trace: Trace(isPrinting: false))
    let relay = ChangingRelay(
      world: world, mind: .connections(ceiling), connections: connections, greetsAll: greetsAll)
    OracleTrial.deliver(through: relay, in: world)
    func inSecondMinute(_ moments: [Int]) -> Int {
      moments.count { (60 * ChangingRelay.second..<120 * ChangingRelay.second).contains($0) }
    }
    let possible = inSecondMinute(relay.oracle(OracleTrial.letters))
    return CeilingTrial(
      turnedAway: relay.turnedAway, missing: OracleTrial.letters - relay.acceptances.count,
      used: Double(inSecondMinute(relay.acceptances)) / Double(possible))
  }
}
