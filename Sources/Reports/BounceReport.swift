public import Bounces
import Delivery
import Files
import Foundation

/// What one mail says of one recipient, as `bounces explain --json` prints it: one object on one line.
public struct BounceReport: Sendable, Encodable {
  public let file: String
  public let kind: String
  @OrNull public private(set) var recipient: String?
  @OrNull public private(set) var status: String?
  @OrNull public private(set) var `class`: String?
  @OrNull public private(set) var permanent: Bool?
  @OrNull public private(set) var reply: String?

  public init(_ report: RecipientReport, in file: String) {
    self.file = file
    kind = report.kind.rawValue
    recipient = report.recipient
    status = report.status?.description
    `class` = report.class?.rawValue
    permanent = report.permanent
    reply = report.reply
  }

  public func line() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return VisibleText.json(String(decoding: try encoder.encode(self), as: UTF8.self))
  }
}
