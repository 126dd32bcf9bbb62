public import Foundation
public import Mail

/// One campaign as its `campaign.yaml` describes it: everything that has a type is parsed, not left as raw text.
///
/// Read by ``CampaignFile``. It holds no secrets: passwords and keys are named only by the path of their file.
public struct Campaign: Sendable, Hashable {
  /// The name of the campaign's folder.
  public var name: String
  /// The folder that holds `campaign.yaml`; relative paths in the file start here.
  public var folder: URL
  public var incident: Incident
  public var sender: Sender
  /// The signer of the letters with DKIM; nil: the file names none, so nobody signs.
  public var dkim: DKIMPolicy?
  /// The settings for signing the letters as S/MIME messages; nil: they are not signed so.
  public var smime: SMIMESettings?
  public var customers: CustomerSource
  /// The segments, keyed by the value of the access column.
  public var segments: [String: Segment]
  /// Letters for whole segments, in the order of the file.
  public var letters: [SegmentLetter]
  public var relays: [Relay]
  /// In the order of the file; the first that fits a domain counts.
  public var destinations: [DestinationRule]
  /// When letters may leave; nil: at any time.
  public var hours: SendingHours?
  public var order: SendingOrder
  public var canary: Canary?
  public var retry: RetrySchedule
  /// The deadline in the sender's time zone, or else in the offset it was written in: letters print the wall time the
  /// author meant.
  public var deadline: LocalDateTime
  public var afterDeadline: AfterDeadline
  public var uncertain: UncertainPolicy
  /// The share of refused letters at which a relay is paused.
  public var stopAt: RefusalShare
  /// The retention period; nil: personal data is kept until the operator purges it.
  public var retention: Retention?
  /// The approvals a launch needs; nil: no approval other than that of the person who launches it.
  public var release: ReleasePolicy?
  /// How the operator is told of what needs them; it may change while a campaign runs.
  public var notify: [NoticeChannel]
  /// Nil for a campaign that follows no other.
  public var follows: Following?
  /// SHA-256 of the very bytes it was read from; nil when it was not read from a file.
  public var digest: SHA256Digest?

  public init(
    name: String, folder: URL, incident: Incident, sender: Sender, customers: CustomerSource,
    segments: [String: Segment], letters: [SegmentLetter] = [], relays: [Relay],
    destinations: [DestinationRule] = [], hours: SendingHours? = nil, order: SendingOrder = SendingOrder(),
    canary: Canary? = nil, retry: RetrySchedule = .standard, deadline: LocalDateTime,
    afterDeadline: AfterDeadline = .continue,
    uncertain: UncertainPolicy = .hold, stopAt: RefusalShare = .standard, retention: Retention? = nil,
    release: ReleasePolicy? = nil, notify: [NoticeChannel] = [], dkim: DKIMPolicy? = nil, smime: SMIMESettings? = nil,
    follows: Following? = nil, digest: SHA256Digest? = nil
  ) {
    self.name = name
    self.folder = folder
    self.incident = incident
    self.sender = sender
    self.customers = customers
    self.segments = segments
    self.letters = letters
    self.relays = relays
    self.destinations = destinations
    self.hours = hours
    self.order = order
    self.canary = canary
    self.retry = retry
    self.deadline = deadline
    self.afterDeadline = afterDeadline
    self.uncertain = uncertain
    self.stopAt = stopAt
    self.retention = retention
    self.release = release
    self.notify = notify
    self.dkim = dkim
    self.smime = smime
    self.follows = follows
    self.digest = digest
  }
}

/// The handling of a message whose final dot got no reply: it waits for the operator, or it goes out again with the
/// same Message-ID.
public enum UncertainPolicy: String, Sendable, CaseIterable { case hold, resend }

/// `two`: a launch needs the approvals of two people, see `eilbrief approve`.
public enum ReleasePolicy: String, Sendable, CaseIterable { case two }

extension Campaign {
  /// The names of all letters, in alphabetical order.
  public var letterNames: [String] { Set(segments.values.compactMap(\.letter) + letters.map(\.letter)).sorted() }

  /// `moment` on the wall clock of the sender's time zone, or else of the deadline.
  public func localTime(_ moment: Date) -> LocalDateTime {
    LocalDateTime(date: moment, offset: sender.timeZone?.secondsFromGMT(for: moment) ?? deadline.offset)
  }
}
