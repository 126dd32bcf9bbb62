public import ArgumentParser
import Delivery
public import Operations
import Reports

extension ExplanationLanguage: ExpressibleByArgument {}

struct ExplainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Says what a relay's reply means, what the program does about it, and what you can do.",
    discussion: """
      The reply is given as a log has it, in quotes, with or without its code; lines are joined or separated by \\n. The
      phase is where in the dialogue it came: \(Phase.names.joined(separator: ", ")).

        eilbrief explain "550 5.7.1 Client host blocked using Spamhaus" --phase rcpt

      With --json and no reply, replies are read from standard input, one per line as “phase TAB reply”, and one JSON
      object is printed per line.
      """.flowing)

  @Argument(help: "The reply, as “550 5.1.1 User unknown”.") var reply: [String] = []
  @Option(help: "Where it came: \(Phase.names.joined(separator: ", ")).") var phase: String?
  @Option(help: "Language of the explanation: en or de.") var language = ExplanationLanguage.english
  @Flag(help: "Print JSON, one object per reply.") var json = false

  func validate() throws {
    if let phase, Phase(named: phase) == nil {
      throw ValidationError("--phase \(phase): there is no such phase. One of: \(Phase.names.joined(separator: ", ")).")
    }
    if reply.isEmpty, !json { throw ValidationError("Give a reply, or --json to read replies from standard input.") }
  }

  func run() async throws {
    let phase = phase.flatMap { Phase(named: $0) }
    guard reply.isEmpty else {
      let explanation = ReplyExplanation(reply.joined(separator: " "), at: phase)
      Console.print(
        json ? try ClassificationReport(explanation.classification).line() : ExplainText(language).text(explanation))
      return
    }
    var number = 0
    var isSound = true
    while let line = readLine() {
      number += 1
      let read = ReplyLine(line, defaultPhase: phase)
      if let name = read.unknownPhase {
        Console.error(
          """
          line \(number): “\(name)” is no phase (\(Phase.names.joined(separator: ", "))); judged without one.
          """)
        isSound = false
      }
      guard Console.print(try ClassificationReport(read.explanation.classification).line()) else { return }
    }
    if !isSound { throw SilentFailure(status: .data) }
  }
}
