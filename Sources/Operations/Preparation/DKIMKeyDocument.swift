import Files
import Foundation
import Mail

/// The output of `dkim-key` for a new key: where it is, and what belongs in DNS and in the campaign file.
public struct DKIMKeyDocument: Sendable, Encodable {
  let file: String
  /// `rsa` or `ed25519`.
  let type: String
  let domain: String
  let selector: String
  let recordName: String
  let recordValue: String
  let zoneLine: String

  private enum CodingKeys: String, CodingKey {
    case file, type, domain, selector
    case recordName = "record_name"
    case recordValue = "record_value"
    case zoneLine = "zone_line"
  }

  public init(_ made: DKIMKeyMaking) {
    file = made.file.path
    type = made.algorithm == .rsa ? "rsa" : "ed25519"
    domain = made.domain.ascii
    selector = made.selector.text
    recordName = made.record.name
    recordValue = made.record.value
    zoneLine = made.record.zoneLine
  }

  public var text: String {
    """
    Made \(file): the private key, for your eyes only (0600).

    The DNS record, as a line of a zone file:
    \(zoneLine)

    The same for the form of a DNS provider:
      name   \(recordName)
      type   TXT
      value  \(recordValue)

    Once DNS has it, in campaign.yaml:
    dkim:
      domain: \(domain)
      \(type == "rsa" ? "selector" : "ed25519_selector"): \(Self.quoted(selector))
      \(type)_key_file: \(Self.quoted(file))
    """
  }

  /// The value as a YAML scalar that reads back as exactly this text.
  private static func quoted(_ text: String) -> String {
    let escaped = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    // JSON's escapes are YAML's too, for characters below U+10000; the others have no business in a path.
    return "\"\(VisibleText.json(escaped).replacing("\n", with: "\\n"))\""
  }
}
