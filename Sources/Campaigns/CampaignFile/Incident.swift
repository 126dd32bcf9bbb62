/// The facts a notice must carry (GDPR Art. 33(3) and 34(2)).
public struct Incident: Sendable, Hashable {
  public struct Authority: Sendable, Hashable {
    public var name: String
    /// The moment as written in the file; it keeps its offset from UTC.
    public var filed: LocalDateTime
    public var reference: String
    public init(name: String, filed: LocalDateTime, reference: String) {
      self.name = name
      self.filed = filed
      self.reference = reference
    }
  }
  public var what: String
  public var happened: CalendarDate
  public var discovered: CalendarDate
  /// Categories of data concerned, at least one.
  public var data: [String]
  public var consequences: String
  public var measures: String
  /// The authority, printed only when complete: nil unless name, filing time and reference are all given.
  public var authority: Authority?

  public init(
    what: String, happened: CalendarDate, discovered: CalendarDate, data: [String], consequences: String,
    measures: String, authority: Authority? = nil
  ) {
    self.what = what
    self.happened = happened
    self.discovered = discovered
    self.data = data
    self.consequences = consequences
    self.measures = measures
    self.authority = authority
  }
}

/// `incident:` of a campaign file.
enum IncidentSection {
  static func read(_ value: YAMLValue) -> Incident? {
    guard
      let section = YAMLSection(
        value, keys: ["what", "happened", "discovered", "data", "consequences", "measures", "authority"],
        example: "{what: …, happened: …}")
    else { return nil }
    let what = section.required("what", example: "Unauthorised access to customer data")?.text()
    let happened = section.required("happened", example: "2026-11-20")?.date()
    let discovered = section.required("discovered", example: "2026-11-22")?.date()
    let data = section.required("data", example: "[mailbox passwords]")?.list(example: "[mailbox passwords]")
      .map { members in members.map { $0.text() } }
    let consequences = section.required("consequences", example: "Mail may have been read")?.text()
    let measures = section.required("measures", example: "The access was closed")?.text()
    let authority = section.optional("authority").flatMap(authority)
    if let happened, let discovered, discovered < happened {
      section.optional("discovered")?.report(
        "\"incident.discovered\" (\(discovered)) is before \"incident.happened\" (\(happened)); correct one of them")
    }
    // An invalid authority was reported, and a file with a problem gives no campaign.
    guard let what, let happened, let discovered, let data, let consequences, let measures,
      !data.contains(where: { $0 == nil })
    else { return nil }
    return Incident(
      what: what, happened: happened, discovered: discovered, data: data.compactMap { $0 }, consequences: consequences,
      measures: measures, authority: authority)
  }

  /// An authority is printed completely or not at all, so an incomplete one is an error rather than silently left out.
  private static func authority(_ value: YAMLValue) -> Incident.Authority? {
    guard
      let section = YAMLSection(
        value, keys: ["name", "filed", "reference"], example: "{name: …, filed: …, reference: …}")
    else { return nil }
    let name = section.required("name", example: "BayLDA")?.text()
    let filed = section.required("filed", example: "2026-11-22T17:40:00+01:00")?.dateTime()
    let reference = section.required("reference", example: "LDA-1085.4-123")?.text()
    guard let name, let filed, let reference else { return nil }
    return Incident.Authority(name: name, filed: filed, reference: reference)
  }
}
