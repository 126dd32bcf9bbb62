import ArgumentParser
import Foundation
import Trials

/// The long trials of docs/reliability.md, part by part, and its tables made of what they came to.
@main
struct Reliability: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "The long trials, and the tables made of them.", subcommands: [Run.self, PowerCut.self, Table.self])

  struct Results: ParsableArguments {
    @Option(help: "The folder in which each part's figures are kept.") var results = ".build/reliability"

    var folder: URL { URL(fileURLWithPath: results, isDirectory: true) }

    func file(of part: Part) -> URL { folder.appendingPathComponent("\(part.rawValue).json") }
  }

  struct Run: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Runs parts on the eilbrief that stands beside this program; ends with 1 when a promise was broken.")

    @OptionGroup var results: Results
    @Argument(help: "\(Part.allCases.map(\.rawValue).joined(separator: ", "))") var parts: [Part]

    func run() async throws {
      try FileManager.default.createDirectory(at: results.folder, withIntermediateDirectories: true)
      var isClean = true
      for part in parts {
        note("\(part.rawValue) …")
        let figures = try await part.run()
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try encoder.encode(figures).write(to: results.file(of: part))
        for failure in figures.failures { note("  \(failure)") }
        for control in figures.controls where control.noticed == nil { note("  not noticed: \(control.weakened)") }
        note("\(part.rawValue): \(figures.isClean ? "clean" : "BROKEN") \(figures.tried)")
        isClean = isClean && figures.isClean
      }
      if !isClean { throw ExitCode(1) }
    }
  }

  struct PowerCut: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Runs the campaigns with power cuts of these seeds again.")

    @Argument(help: "Seeds, as a broken promise names them.") var seeds: [UInt64]

    func run() async throws {
      for seed in seeds {
        let figures = try await PowerCutTrial.run(seed: seed)
        note(
          "seed \(seed): \(figures.cuts) cuts, \((figures.broken + figures.findings.broken).joined(separator: "; "))")
      }
    }
  }

  struct Table: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Writes the tables into a file that has their marks.")

    @OptionGroup var results: Results
    @Argument(help: "The file.") var file: String

    func run() throws {
      let parts = try Part.allCases.map { part in
        try JSONDecoder().decode(ReliabilityFigures.self, from: Data(contentsOf: results.file(of: part)))
      }
      let text = try String(contentsOfFile: file, encoding: .utf8)
      guard let replaced = ReliabilityTable(parts).replaced(in: text) else {
        throw ValidationError(
          "\(file) has no place for the tables: \(ReliabilityTable.begin) … \(ReliabilityTable.end)")
      }
      try replaced.write(toFile: file, atomically: true, encoding: .utf8)
    }
  }
}

/// 1234567 as 1,234,567.
func count(_ number: Int) -> String { ReliabilityTable.grouped(number) }

/// How far a part is, for the one who waits.
func note(_ words: String) { FileHandle.standardError.write(Data((words + "\n").utf8)) }
