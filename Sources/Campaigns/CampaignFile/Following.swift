/// The campaign that this one follows, and as what: its customers were told of the incident before.
public struct Following: Sendable, Hashable {
  /// The words are the same in the campaign file, the database, the JSON and on the command line.
  public enum Kind: String, Sendable, CaseIterable {
    /// For those whose mailboxes are still to be changed: no letter goes to a customer of whom it has become known that
    /// nothing is left to do.
    case reminder
    /// For those who were told, because the facts have changed.
    case followUp = "follow-up"
  }

  /// The name of the campaign that is followed; it lies in the same queue folder.
  public var campaign: String
  public var kind: Kind

  public init(campaign: String, as kind: Kind) {
    self.campaign = campaign
    self.kind = kind
  }
}

/// `follows:` of a campaign file.
enum FollowsSection {
  static func read(_ value: YAMLValue) -> Following? {
    guard
      let section = YAMLSection(value, keys: ["campaign", "as"], example: "{campaign: summer, as: reminder}")
    else { return nil }
    let campaign = section.required("campaign", example: "summer")?.text()
    let kind = section.required("as", example: "reminder")?.choice(Following.Kind.self)
    guard let campaign, let kind else { return nil }
    return Following(campaign: campaign, as: kind)
  }
}
