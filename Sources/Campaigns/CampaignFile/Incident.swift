/// The facts a notice must carry (GDPR Art. 33(3) and 34(2)).
public struct Incident: Sendable, Hashable {
  public struct Authority: Sendable, Hashable {
    public var name: String
    /// As written in the file; it keeps its offset from UTC.
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
  /// Printed only when whole: nil unless name, filing time and reference are all given.
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
