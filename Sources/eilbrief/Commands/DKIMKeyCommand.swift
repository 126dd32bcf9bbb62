import ArgumentParser
import Foundation
import Mail
import Operations
import Reports

struct DKIMKeyCommand: ParsableCommand {
  enum KeyType: String, ExpressibleByArgument, CaseIterable {
    case rsa, ed25519
    var algorithm: DKIMKey.Algorithm {
      switch self {
      case .rsa: .rsa
      case .ed25519: .ed25519
      }
    }
  }

  static let configuration = CommandConfiguration(
    commandName: "dkim-key",
    abstract: "Makes a key that signs letters with DKIM, and prints the DNS record for it.",
    discussion: """
      The private key goes into a new file that only you can read; nothing is ever overwritten (exit code 73). Publish
      the record, wait until `dig +short TXT SELECTOR._domainkey.DOMAIN` shows it, then put the printed line into
      campaign.yaml.

      Every receiver can check RSA (2048 bits). An Ed25519 key can be used in addition, with a selector of its own, for
      receivers that can check it. Keep a key as long as the letters it signed are to be proved: `receipts prove` signs
      them again.
      """.flowing)

  @Option(
    help: ArgumentHelp("The domain that signs: that of the sender's address, or one above it.", valueName: "domain"))
  var domain: String
  @Option(
    help: ArgumentHelp(
      "The key's name below _domainkey: letters, digits and hyphens, as 2026-11. Each key has its own.",
      valueName: "selector"))
  var selector: String
  @Option(help: "The type of the key: rsa or ed25519.") var type = KeyType.rsa
  @Option(help: ArgumentHelp("The new file for the private key.", valueName: "file")) var output: String
  @Flag(help: "Print the record as JSON.") var json = false

  func run() throws {
    let domain: Domain
    do throws(AddressError) {
      domain = try Domain(self.domain)
    } catch {
      throw OperatorError(.usage, "--domain: “\(self.domain)” \(error).")
    }
    guard let selector = DKIMSelector(self.selector) else {
      throw OperatorError(
        .usage,
        "--selector: “\(self.selector)” is not a selector: write letters, digits and hyphens, with dots between.")
    }
    let made = try DKIMKeyMaking(
      type.algorithm, domain: domain, selector: selector, file: URL(fileURLWithPath: output).standardizedFileURL)
    let document = DKIMKeyDocument(made)
    Console.print(json ? try ReportEncoding.json(document) : document.text)
  }
}
