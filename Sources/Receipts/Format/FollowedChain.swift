public import Mail

/// What the receipt `plan-frozen` of a campaign that follows another one says of that one: its chain as it was then, so that
/// the new chain begins with the old one's head.
public struct FollowedChain: Sendable, Hashable {
  /// The name of the campaign that is followed.
  public var campaign: String
  /// The number of its last receipt, and that line's SHA-256.
  public var seq: Int64
  public var head: SHA256Digest

  public init(campaign: String, seq: Int64, head: SHA256Digest) {
    self.campaign = campaign
    self.seq = seq
    self.head = head
  }
}

extension StrictJSONWriter {
  package mutating func fields(_ chain: FollowedChain) {
    field("follows", chain.campaign)
    field("follows_seq", chain.seq)
    field("follows_head", hex: chain.head.bytes)
  }
}
