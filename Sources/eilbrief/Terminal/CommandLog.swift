import Foundation
import Logging
import Operations

/// The log of a command: plain sentences on standard error, from `notice` up; `EILBRIEF_LOG=debug` shows more.
enum CommandLog {
  static func logger() throws -> Logger {
    let name = ProcessInfo.processInfo.environment["EILBRIEF_LOG"] ?? "notice"
    guard let level = Logger.Level(rawValue: name) else {
      let known = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
      throw OperatorError(.usage, "EILBRIEF_LOG is “\(name)”, which is no level; known are \(known).")
    }
    var logger = Logger(label: "eilbrief") { _ in StandardErrorHandler() }
    logger.logLevel = level
    return logger
  }

  private struct StandardErrorHandler: LogHandler {
    var logLevel = Logger.Level.notice
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      Console.error("\(LocalTime.clock(Date())) \(event.message)")
    }
  }
}
