/// Many campaigns with power cuts, each with a seed of its own.
public enum PowerCutSweep {
  /// Until there were at least so many cuts.
  public static func run(cuts: Int, seed: UInt64 = 1) async throws -> PowerCutFigures {
    var figures = PowerCutFigures()
    var next = seed
    while figures.cuts < cuts {
      figures += try await PowerCutTrial.run(seed: next)
      next += 1
    }
    return figures
  }

  /// Each control until it is noticed.
  public static func controls(seed: UInt64 = 1) async throws -> [PowerCutControl.Result] {
    var results: [PowerCutControl.Result] = []
    for control in PowerCutControl.all { results.append(try await control.run(seed: seed)) }
    return results
  }
}
