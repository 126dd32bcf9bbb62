public import ArgumentParser
import Foundation
import Logging
public import Operations

/// The log of a command on standard error, from `notice` up; `EILBRIEF_LOG=debug` shows more. Plain sentences, or JSON lines
/// for machines.
enum CommandLog {
  static func logger(_ format: LogFormat) throws -> Logger {
    let name = ProcessInfo.processInfo.environment["EILBRIEF_LOG"] ?? "notice"
    guard let level = Logger.Level(rawValue: name) else {
      let known = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
      throw OperatorError(.usage, "EILBRIEF_LOG is “\(name)”, which is no level; known are \(known).")
    }
    var logger = Logger(label: "eilbrief") { _ in StandardErrorHandler(format: format) }
    logger.logLevel = level
    return logger
  }

  private struct StandardErrorHandler: LogHandler {
    let format: LogFormat
    var logLevel = Logger.Level.notice
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      let line = LogLine(
        event.level, "\(event.message)", metadata.merging(event.metadata ?? [:]) { $1 }, at: Date())
      Console.error(line.text(format))
    }
  }
}

/// The option of commands that write a log.
struct LogOptions: ParsableArguments {
  @Option(name: .customLong("log-format"), help: "The lines of the log on standard error: text, or json.")
  var format = LogFormat.text
}

extension LogFormat: ExpressibleByArgument {}
