import Foundation
import TestSupport
import Testing

/// Everything the program prints goes through `PrintStream`, which makes the words of others visible: nothing in the
/// sources prints another way.
@Suite struct OneWayOutTests {
  /// Each with a line that it has to find, so that no pattern is blind.
  private static let ways: [(pattern: String, example: String)] = [
    (#"(?<![.\w`])(?<!func )(print|debugPrint|dump)\("#, "    print(reply)"),
    (#"Swift\.(print|debugPrint|dump)\("#, "Swift.print(reply)"),
    (#"\b(standardOutput|standardError)\b(?!\s*=)"#, "FileHandle.standardError.write(data)"),
    (#"\b(STDOUT_FILENO|STDERR_FILENO)\b"#, "write(STDOUT_FILENO, bytes, count)"),
    (#"\bp?writev?\(\s*[12]\s*,"#, "_ = write(2, line, line.count)"),
    (#"\b(fputs|fputc|puts|putchar|putc|v?f?printf|perror|fwrite|NSLog|psignal|err|warn)\("#, "fputs(x, stderr)"),
    (#"\b(stdout|stderr)\b"#, "setbuf(stdout, nil)"), (#"/dev/(tty|stdout|stderr|fd)\b"#, "open(\"/dev/tty\", 1)"),
    (#"fileDescriptor:\s*[12]\b"#, "FileHandle(fileDescriptor: 1)"),
    (#"TextOutputStream"#, "struct A: TextOutputStream"),
    (#"\bfatalError\(\"[^\"]*\\\("#, "fatalError(\"bad \\(reply)\")"),
    (#"\bexit\(withError:"#, "exit(withError: error)"),
  ]

  /// Files that may, and why.
  private static let allowed = [
    // It is the one way out.
    "Files/PrintStream.swift",
    // Debug builds only, and its own words: the names of points.
    "FaultPoints/ArmedFault.swift",
    // They give a program that they start descriptors of its own for these: pipes, or /dev/null.
    "CCommand/CCommand.c", "CWorker/CWorker.c",
  ]

  @Test func nothingPrintsAnotherWay() throws {
    let root = PackageRoot.file("Sources")
    let files = (FileManager.default.enumerator(atPath: root.path)?.compactMap { $0 as? String } ?? [])
      .filter { name in [".swift", ".c", ".h"].contains { name.hasSuffix($0) } }
    #expect(files.count > 200)
    for file in files where !Self.allowed.contains(file) {
      let text = try String(contentsOf: root.appendingPathComponent(file), encoding: .utf8)
      for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
        let code = line.drop { $0 == " " }
        if code.hasPrefix("//") { continue }
        for way in Self.ways {
          #expect(
            !(try Self.matches(way.pattern, String(line))), "Sources/\(file):\(number + 1) prints by itself: \(line)")
        }
      }
    }
  }

  @Test func eachPatternFindsItsExample() throws {
    for way in Self.ways { #expect(try Self.matches(way.pattern, way.example), "\(way.pattern)") }
    for line in [
      "    Console.print(text)", "  static func print(_ text: String)", "process.standardError = FileHandle.nullDevice",
      "pwrite(descriptor, bytes, 1, 2)", "stream.write(text)",
    ] {
      for way in Self.ways { #expect(!(try Self.matches(way.pattern, line)), "\(way.pattern): \(line)") }
    }
  }

  private static func matches(_ pattern: String, _ line: String) throws -> Bool {
    let range = NSRange(line.startIndex..., in: line)
    return try NSRegularExpression(pattern: pattern).firstMatch(in: line, range: range) != nil
  }
}
