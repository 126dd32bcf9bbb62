/// One thing that was checked before a launch: the result, and what to do about it.
///
/// Its words are for an operator who has never heard of SPF. Nothing in them can control a terminal.
public struct PreflightFinding: Sendable, Hashable, Encodable {
  public enum Severity: String, Sendable, Hashable, CaseIterable, Encodable {
    case ok, warning, error
    /// It could not be determined, so nothing is reported missing.
    case unknown
  }

  public enum Topic: String, Sendable, Hashable, CaseIterable, Encodable {
    case spf, dkim, dmarc, mx
    /// The domains of customers' contacts.
    case contacts
    case relay
  }

  /// A record to publish.
  public struct Entry: Sendable, Hashable, Encodable {
    public var name: String
    public var type: String
    public var value: String

    public init(name: String, type: String = "TXT", value: String) {
      self.name = name
      self.type = type
      self.value = value
    }
  }

  public var topic: Topic
  /// The domain, the record's name or the relay.
  public var about: String
  public var severity: Severity
  /// Whole sentences.
  public var found: String
  /// What to do; nil when there is nothing to do.
  public var advice: String?
  /// The record to publish in DNS, as ``advice`` says.
  public var publish: Entry?

  public init(
    _ severity: Severity, _ topic: Topic, _ about: String, _ found: String, advice: String? = nil,
    publish: Entry? = nil
  ) {
    self.topic = topic
    self.about = about
    self.severity = severity
    self.found = found
    self.advice = advice
    self.publish = publish
  }

  /// DNS has not answered.
  ///
  /// - Parameters:
  ///   - what: A clause: `whether an SPF record is there`.
  ///   - reason: Another one: `no name server answered`.
  static func unknown(_ topic: Topic, _ about: String, _ what: String, _ reason: String) -> Self {
    PreflightFinding(
      .unknown, topic, about, "It could not be found out \(what): \(reason).",
      advice: "Try again later, or ask another name server with --resolver.")
  }
}
