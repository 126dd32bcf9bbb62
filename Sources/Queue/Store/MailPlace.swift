public import Foundation

/// Where a receiving domain's mail goes, as it was looked up for a campaign.
public struct MailPlace: Sendable, Hashable {
  /// As A-labels in lower case.
  public var domain: String
  /// The names of its mail exchangers that matter to the campaign; nil when nobody knew.
  public var exchangers: [String]?
  /// When that was, by the wall clock.
  public var at: Date

  public init(domain: String, exchangers: [String]?, at: Date) {
    self.domain = domain
    self.exchangers = exchangers
    self.at = at
  }
}

/// The places of a campaign's receiving domains: the part of a ``MessageStore`` that a delivery finds destinations with.
///
/// Every call is durable when it returns. Fails by throwing ``StoreError``.
public protocol DestinationStore: Sendable {
  /// What was looked up for the campaign, in the order of the domains.
  func mailPlaces(in campaign: Int64) async throws -> [MailPlace]
  /// Keeps what was looked up, in place of what was kept before of these domains. Removed when the campaign is purged.
  func keep(_ places: [MailPlace], in campaign: Int64) async throws
}
