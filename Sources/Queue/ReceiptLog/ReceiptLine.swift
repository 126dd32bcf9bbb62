/// One line of the receipts, as it stands in the file, without its line feed.
public struct ReceiptLine: Sendable, Hashable {
  public var seq: Int64
  public var bytes: [UInt8]

  public init(seq: Int64, bytes: [UInt8]) {
    self.seq = seq
    self.bytes = bytes
  }
}
