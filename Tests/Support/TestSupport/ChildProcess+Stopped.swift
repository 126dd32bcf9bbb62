import Foundation

extension ChildProcess {
  /// A signal has stopped all of its threads, and it was not let go on. Looks into /proc, which Linux alone has.
  public var isStopped: Bool {
    guard isRunning, let threads = try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(identifier)/task"),
      !threads.isEmpty
    else { return false }
    return threads.allSatisfy { Self.state(ofProcess: identifier, thread: $0) == "T" }
  }

  /// The letter behind the name, which may hold anything.
  private static func state(ofProcess process: Int32, thread: String) -> Character? {
    guard let text = try? String(contentsOfFile: "/proc/\(process)/task/\(thread)/stat", encoding: .utf8),
      let end = text.lastIndex(of: ")")
    else { return nil }
    return text[end...].dropFirst(2).first
  }
}
