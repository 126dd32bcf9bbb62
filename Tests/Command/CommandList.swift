import Foundation
import TestSupport

/// The commands as the program itself lists them, with their options: a test that has to have a case for each cannot
/// forget a new one.
struct CommandList: Decodable {
  struct Command: Decodable {
    let commandName: String
    let subcommands: [Command]?
    let arguments: [Argument]?

    /// The names of those without subcommands, as words: `["receipts", "show"]`.
    func leaves(below path: [String] = []) -> [[String]: Command] {
      guard let subcommands, !subcommands.isEmpty else { return [path: self] }
      return subcommands.filter { $0.commandName != "help" }.reduce(into: [:]) { all, command in
        all.merge(command.leaves(below: path + [command.commandName])) { first, _ in first }
      }
    }

    /// Whether it has the option `--name`.
    func has(_ name: String) -> Bool { values(of: name) != nil }

    /// The values that the option takes, where they are counted; nil when there is no such option.
    func values(of name: String) -> [String]? {
      arguments?.first { $0.names?.contains { $0.name == name } ?? false }.map { $0.allValues ?? [] }
    }
  }

  struct Argument: Decodable {
    struct Name: Decodable { let name: String }
    let names: [Name]?
    let allValues: [String]?
  }

  let command: Command

  static func read() async throws -> [[String]: Command] {
    let text = try await ChildProcess.tool(try EilbriefProcess.executable().path, ["--experimental-dump-help"])
    return try JSONDecoder().decode(CommandList.self, from: Data(text.utf8)).command.leaves()
  }
}
