import ArgumentParser
import Foundation
import Letters
import Operations
import Reports

struct VerifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Tells the hotline which customer's letter has a verification code, or that no letter has it.",
    discussion: """
      A caller reads the code of a letter out: 12 digits; spaces, hyphens and
      dots between them do not matter. All campaigns of the queue folder are
      searched, also while one is being delivered.

      A code can be copied from a genuine letter into a forged one: compare the
      name, the address and the time shown here with what the caller has. Never
      ask for a password.

      Exit codes:
        0   a letter with this code was sent, or may have been
        1   no letter with this code has left, as far as these campaigns show
        64  not a code: a digit is wrong, missing or too many
      """.flowing)

  @OptionGroup var queue: QueueOptions
  @Argument(help: ArgumentHelp("The code as it was read out, as 4821 9930 1742.", valueName: "code"))
  var code: [String]
  @Flag(help: "Print what was found as JSON (schema 1).") var json = false

  func run() async throws {
    let code: VerificationCode
    do throws(VerificationCode.Fault) {
      code = try VerificationCode(parsing: self.code.joined(separator: " "))
    } catch {
      throw OperatorError(.usage, OperatorMessage(VerifyText.text(error)))
    }
    let lookup = try await CodeLookup.run(code, in: queue.folder, Machine.dependencies())
    if json {
      Console.print(try ReportEncoding.json(VerifyDocument(lookup)))
    } else {
      Console.print(VerifyText.text(lookup, isSample: code == .sample, folder: queue.folder.path))
    }
    if !lookup.hasLeft { throw SilentFailure(status: .someNotAccepted) }
  }
}
