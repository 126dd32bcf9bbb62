public import Campaigns

/// What happened, as the campaign file says it.
public struct IncidentFacts: Sendable, Hashable, Encodable {
  public struct Authority: Sendable, Hashable, Encodable {
    public var name: String
    /// In the offset it was written in.
    public var filed: String
    public var reference: String
    /// The same moment, for the page.
    let moment: LocalDateTime

    private enum CodingKeys: CodingKey { case name, filed, reference }
  }

  public var what: String
  /// Days, as `2026-11-20`.
  public var happened: String
  public var discovered: String
  public var data: [String]
  public var consequences: String
  public var measures: String
  @OrNull public var authority: Authority?
  /// The sender's name and domain, as every letter shows them.
  public var sender: String
  /// False when the facts of the campaign file are not those the plan was frozen with.
  public var isAsLaunched: Bool

  let happenedDay: CalendarDate
  let discoveredDay: CalendarDate

  private enum CodingKeys: String, CodingKey {
    case what, happened, discovered, data, consequences, measures, authority, sender
    case isAsLaunched = "as_launched"
  }

  public init(_ campaign: Campaign, isAsLaunched: Bool) {
    let incident = campaign.incident
    what = incident.what
    happened = incident.happened.description
    discovered = incident.discovered.description
    happenedDay = incident.happened
    discoveredDay = incident.discovered
    data = incident.data
    consequences = incident.consequences
    measures = incident.measures
    authority = incident.authority.map {
      Authority(name: $0.name, filed: $0.filed.description, reference: $0.reference, moment: $0.filed)
    }
    sender = campaign.sender.contact.name
    self.isAsLaunched = isAsLaunched
  }
}
