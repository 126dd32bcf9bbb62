import ArgumentParser
import Foundation
import Mail
import Queue

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
      """)

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

  func run() throws {
    let domain: Domain
    do throws(AddressError) {
      domain = try Domain(self.domain)
    } catch {
      throw Failure(.usage, "--domain: “\(self.domain)” \(error).")
    }
    guard let selector = DKIMSelector(self.selector) else {
      throw Failure(
        .usage, "--selector: “\(self.selector)” is not one: write letters, digits and hyphens, with dots between.")
    }
    let file = URL(fileURLWithPath: output).standardizedFileURL
    var status = stat()
    guard lstat(file.path, &status) != 0 else {
      throw Failure(.cannotWrite, "\(file.path) exists already; nothing was written. Name another file.")
    }
    let key = try DKIMKey.make(type.algorithm)
    try NewPrivateFile.write(try key.pem, to: file)
    Console.print(Self.text(file, DKIMRecord(domain: domain, selector: selector, key: key), domain, selector, type))
  }

  private static func text(
    _ file: URL, _ record: DKIMRecord, _ domain: Domain, _ selector: DKIMSelector, _ type: KeyType
  ) -> String {
    let selectorKey = type == .rsa ? "selector" : "ed25519_selector"
    return """
      Made \(file.path): the private key, for your eyes only (0600).

      The DNS record, as a line of a zone file:
      \(record.zoneLine)

      The same for the form of a DNS provider:
        name   \(record.name)
        type   TXT
        value  \(record.value)

      Once DNS has it, in campaign.yaml:
      dkim:
        domain: \(domain)
        \(selectorKey): \(quoted(selector.text))
        \(type.rawValue)_key_file: \(quoted(file.path))
      """
  }

  /// As a YAML text that says just this.
  private static func quoted(_ text: String) -> String {
    "\"\(text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
  }
}
