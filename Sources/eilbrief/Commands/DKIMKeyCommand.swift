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
      The private key goes into a new file that only you can read; nothing is ever overwritten (exit code 73). Publish the
      record, wait until `dig +short TXT SELECTOR._domainkey.DOMAIN` shows it, then put the printed line into campaign.yaml.

      RSA (2048 bits) is what every receiver can check. An Ed25519 key beside it, with a selector of its own, is for those
      that can check that too. Keep a key until the letters it signed need no more proof: `receipts prove` makes them again.
      """.flowing)

  @Option(
    help: ArgumentHelp("The domain that signs: the one of the sender's address, or above it.", valueName: "domain"))
  var domain: String
  @Option(
    help: ArgumentHelp(
      "The key's name below _domainkey: letters, digits and hyphens. Each key its own, as 2026-11.",
      valueName: "selector"))
  var selector: String
  @Option(help: "rsa or ed25519.") var type = KeyType.rsa
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
