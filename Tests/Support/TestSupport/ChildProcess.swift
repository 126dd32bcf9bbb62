import CSpawn
public import Foundation

/// One child process, started on making it.
///
/// Its output goes to files without a name, so a child that writes much never waits for a reader, and what it wrote so
/// far can be read while it runs. A status other than 0 is a normal outcome, not a thrown error; thrown is only that the
/// program could not be started.
public final class ChildProcess: Sendable {
  public enum Input: Sendable {
    case nothing
    case bytes([UInt8])
    /// Open until ``closeInput()`` is called or the test process is gone.
    case heldOpen
  }

  public enum Ending: Sendable, Hashable {
    case exited(Int32)
    case killed(signal: Int32)
  }

  public struct Outcome: Sendable {
    public let ending: Ending
    public let output: String
    public let errors: String
    /// The exit status; nil when a signal ended the process.
    public var status: Int32? { if case .exited(let status) = ending { status } else { nil } }
  }

  public let identifier: Int32
  private let output: FileHandle
  private let errors: FileHandle
  private let held: FileHandle?
  private let life = Life()

  /// `program` is a path, or a name looked up in PATH. `environment` is all the child gets.
  ///
  /// Spawned directly: Foundation's `Process` reads the list of open files past the end of a buffer and crashes now and
  /// then when there are many of them.
  public init(
    _ program: String, _ arguments: [String], environment: [String: String] = ChildProcess.plainEnvironment,
    folder: URL? = nil, input: Input = .nothing
  ) throws {
    output = try Self.namelessFile()
    errors = try Self.namelessFile()
    let standardInput: FileHandle
    switch input {
    case .nothing:
      guard let null = FileHandle(forReadingAtPath: "/dev/null") else { throw HarnessError("no /dev/null") }
      standardInput = null
      held = nil
    case .bytes(let bytes):
      standardInput = try Self.namelessFile()
      try standardInput.write(contentsOf: Data(bytes))
      try standardInput.seek(toOffset: 0)
      held = nil
    case .heldOpen:
      var ends: [Int32] = [0, 0]
      guard pipe(&ends) == 0 else { throw HarnessError("no pipe: \(String(cString: strerror(errno)))") }
      standardInput = FileHandle(fileDescriptor: ends[0], closeOnDealloc: true)
      held = FileHandle(fileDescriptor: ends[1], closeOnDealloc: true)
    }
    let isPath = program.contains("/")
    identifier = try Self.spawn(
      isPath ? [program] + arguments : ["/usr/bin/env", program] + arguments, environment: environment, folder: folder,
      files: [standardInput, output, errors].map(\.fileDescriptor))
    withExtendedLifetime(standardInput) {}
    let (life, identifier) = (life, identifier)
    Thread.detachNewThread { life.wait(for: identifier) }
  }

  /// Runs a program to its end.
  public static func run(
    _ program: String, _ arguments: [String], environment: [String: String] = ChildProcess.plainEnvironment,
    folder: URL? = nil, input: Input = .nothing
  ) async throws -> Outcome {
    try await ChildProcess(program, arguments, environment: environment, folder: folder, input: input).outcome()
  }

  /// Hands the child over while it runs, and kills it if it still runs at the end of `body`, however that comes.
  public func running<Value>(_ body: () async throws -> Value) async throws -> Value {
    do {
      let value = try await body()
      await end()
      return value
    } catch {
      await end()
      throw error
    }
  }

  private func end() async {
    send(SIGKILL)
    _ = await outcome()
  }

  /// Runs a tool that has to succeed.
  @discardableResult
  public static func tool(
    _ program: String, _ arguments: [String], folder: URL? = nil, input: Input = .nothing
  ) async throws -> String {
    let outcome = try await run(program, arguments, folder: folder, input: input)
    guard outcome.status == 0 else {
      let words = ([program] + arguments).joined(separator: " ")
      throw HarnessError("\(words): \(outcome.ending)\n\(outcome.output)\(outcome.errors)")
    }
    return outcome.output
  }

  /// Waits for the end, however it comes.
  public func outcome() async -> Outcome {
    let ending = await life.ending()
    return Outcome(ending: ending, output: outputSoFar, errors: errorsSoFar)
  }

  public var outputSoFar: String { Self.text(of: output) }
  public var errorsSoFar: String { Self.text(of: errors) }
  public var isRunning: Bool { life.isRunning }

  /// SIGTERM, SIGKILL, SIGSTOP, SIGCONT, …; nothing when the child has ended.
  public func send(_ signal: Int32) {
    life.send(signal, to: identifier)
  }

  public func closeInput() { try? held?.close() }

  /// PATH and home, and a locale that is the same everywhere.
  public static let plainEnvironment: [String: String] = {
    let own = ProcessInfo.processInfo.environment
    return [
      "PATH": (own["PATH"] ?? "/usr/bin:/bin") + ":/usr/sbin:/sbin", "HOME": own["HOME"] ?? "/", "LANG": "C.UTF-8",
    ]
  }()

  private static func spawn(
    _ words: [String], environment: [String: String], folder: URL?, files: [Int32]
  ) throws -> pid_t {
    let arguments = words.map { strdup($0) } + [nil]
    let variables = environment.map { strdup("\($0)=\($1)") } + [nil]
    defer { for string in arguments + variables { free(string) } }
    var identifier: pid_t = 0
    let code = child_spawn(&identifier, arguments, variables, folder?.path, files)
    guard code == 0 else { throw HarnessError("\(words[0]) cannot be started: \(String(cString: strerror(code)))") }
    return identifier
  }

  private static func namelessFile() throws -> FileHandle {
    var template = Array((NSTemporaryDirectory() + "eilbrief-output-XXXXXX").utf8CString)
    let descriptor = mkstemp(&template)
    guard descriptor >= 0 else {
      throw HarnessError("no temporary file: \(String(cString: strerror(errno)))")
    }
    unlink(&template)
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
  }

  /// Read with pread: the file's position belongs to the child.
  private static func text(of file: FileHandle) -> String {
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = pread(file.fileDescriptor, &block, block.count, off_t(bytes.count))
      guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
      bytes += block[..<count]
    }
  }
}
