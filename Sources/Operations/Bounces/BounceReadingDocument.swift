import Bounces
import Mail
import Queue
import Receipts
public import Reports

/// What `bounces` has read, as `--json` prints it.
public struct BounceReadingDocument: Sendable, Encodable {
  public struct Letter: Sendable, Encodable {
    let customer: String
    let letter: String
    let message: Int64
    let recipient: String
    let `class`: String
    let permanent: Bool
    @OrNull var status: String?
    @OrNull var reply: String?
    /// SHA-256 of the mail, which is kept as `bounces/SHA256.eml`.
    let report: String
  }

  public struct NotAccepted: Sendable, Encodable {
    let customer: String
    let state: MessageState
  }

  public let schema = 1
  public let campaign: String
  public let mails: Int
  public let bounced: [Letter]
  public let known: Int
  public let notAccepted: [NotAccepted]
  /// Mails by kind: about letters of the campaign and no bounces, and about none of them.
  public let others: [String: Int]
  public let foreign: [String: Int]
  public let calls: CallFigures

  private enum CodingKeys: String, CodingKey {
    case schema, campaign, mails, bounced, known, others, foreign, calls
    case notAccepted = "not_accepted"
  }

  public init(_ result: BounceReading.Result, of campaign: String) {
    self.campaign = campaign
    mails = result.mails
    bounced = result.recorded.map { letter in
      let bounce = letter.bounce
      return Letter(
        customer: letter.customer, letter: letter.letter, message: bounce.message, recipient: letter.recipient,
        class: bounce.cause, permanent: bounce.isPermanent, status: bounce.status, reply: bounce.reply,
        report: bounce.report.hex)
    }
    known = result.known
    notAccepted = result.notAccepted.map(NotAccepted.init)
    others = Self.counts(result.others)
    foreign = Self.counts(result.foreign)
    calls = result.figures
  }

  /// Every kind has its figure, even if it is 0.
  private static func counts(_ kinds: [MailKind: Int]) -> [String: Int] {
    Dictionary(uniqueKeysWithValues: MailKind.allCases.map { ($0.rawValue, kinds[$0] ?? 0) })
  }
}
