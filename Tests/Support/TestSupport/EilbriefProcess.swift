public import Foundation

/// The built `eilbrief`, run as an operator runs it.
///
/// The executable is the one the package manager built beside the tests; `EILBRIEF_EXECUTABLE` names another, and so does
/// ``products`` for what runs in a task. The child's environment holds PATH, HOME and LANG, no setting of the one who runs the tests; colours and progress lines
/// are off because nothing is a terminal.
public struct EilbriefProcess: Sendable {
  public let child: ChildProcess

  /// A folder with another build of the command, for the tasks it is set for.
  @TaskLocal public static var products: URL?

  /// Runs a command to its end. `queue` is passed as EILBRIEF_QUEUE.
  public static func run(
    _ arguments: String..., queue: URL, environment: [String: String] = [:], folder: URL? = nil,
    input: ChildProcess.Input = .nothing
  ) async throws -> ChildProcess.Outcome {
    try await start(arguments, queue: queue, environment: environment, folder: folder, input: input).outcome()
  }

  /// Starts a command, hands it over while it runs, and kills it if it still runs at the end of `body`, however that
  /// comes.
  public static func running<Value>(
    _ arguments: String..., queue: URL, environment: [String: String] = [:], folder: URL? = nil,
    input: ChildProcess.Input = .nothing, body: (EilbriefProcess) async throws -> Value
  ) async throws -> Value {
    let process = EilbriefProcess(
      child: try start(arguments, queue: queue, environment: environment, folder: folder, input: input))
    return try await process.child.running { try await body(process) }
  }

  public func send(_ signal: Int32) { child.send(signal) }
  public func outcome() async -> ChildProcess.Outcome { await child.outcome() }
  public var outputSoFar: String { child.outputSoFar }
  public var errorsSoFar: String { child.errorsSoFar }
  public var isRunning: Bool { child.isRunning }

  private static func start(
    _ arguments: [String], queue: URL, environment: [String: String], folder: URL?, input: ChildProcess.Input
  ) throws -> ChildProcess {
    var whole = ChildProcess.plainEnvironment
    whole["EILBRIEF_QUEUE"] = queue.path
    whole.merge(environment) { $1 }
    return try ChildProcess(
      try executable().path, arguments, environment: whole, folder: folder, input: input)
  }

  /// The test program stands in the folder of the build's products, and so does the command.
  public static func executable() throws -> URL {
    if let products { return products.appendingPathComponent("eilbrief") }
    if let path = ProcessInfo.processInfo.environment["EILBRIEF_EXECUTABLE"] { return URL(fileURLWithPath: path) }
    let bundle = Bundle.main.executableURL ?? URL(fileURLWithPath: CommandLine.arguments[0])
    let executable = bundle.resolvingSymlinksInPath().deletingLastPathComponent().appendingPathComponent("eilbrief")
    guard FileManager.default.isExecutableFile(atPath: executable.path) else {
      throw HarnessError("\(executable.path) is not there; build it with `swift build --product eilbrief`")
    }
    return executable
  }
}
