import Files
public import Foundation
public import Mail

/// A planned customer as the plan is frozen with it.
public struct StagedCustomer: Sendable, Hashable {
  public let id: String
  /// The address its letters go to; nil when the file has none.
  public let contact: EmailAddress?
  public let outcome: Outcome
  let need: Customer.Need
  /// The ``Customer`` as JSON.
  public let payload: Data
}

/// Takes each customer with its outcome while the plan is made and checked, so that freezing the plan neither parses
/// nor plans anybody again.
///
/// Memory holds one piece of them and one copy of each different outcome; there are as many outcomes as combinations of
/// segments. The rest is written to a file without a name, mode 0600, which disappears when the process ends, however
/// it ends. Customers who fit into one piece are not written at all. Fails with a ``PlanStagingError``.
///
///     var staging = PlanStaging(in: queueFolder)
///     let plan = try Plan(book, campaign: campaign, templates: files, signer: signer) { try staging.append($0, $1) }
///     var reader = staging.finish().reader()
///     while let customer = try reader.next() { … }
public struct PlanStaging: ~Copyable {
  /// The number of bytes that are kept in memory before they are written.
  static let pieceSize = 262_144

  private let folder: URL
  private let encoder = JSONEncoder()
  private var pending: [UInt8] = []
  private var file: StagingFile?
  private var fileSize = 0
  private var outcomes: [Outcome] = []
  private var numbers: [Outcome: Int] = [:]
  private var count = 0

  /// - Parameter folder: A folder on the disk that takes the file; nothing is written to it yet.
  public init(in folder: URL) { self.folder = folder }

  /// Adds a customer; the order is that of the additions.
  public mutating func append(_ customer: Customer, _ outcome: Outcome) throws {
    let number = numbers[outcome] ?? outcomes.count
    if number == outcomes.count {
      outcomes.append(outcome)
      numbers[outcome] = number
    }
    let payload = try encoder.encode(customer)
    StagedRecord.write(
      outcome: number, id: customer.id, contact: customer.contact?.description ?? "", customer.need, payload,
      to: &pending)
    count += 1
    guard pending.count >= Self.pieceSize else { return }
    let file = try file ?? StagingFile(in: folder)
    self.file = file
    try file.write(pending, at: fileSize)
    fileSize += pending.count
    pending.removeAll(keepingCapacity: true)
  }

  public consuming func finish() -> StagedCustomers {
    StagedCustomers(file: file, fileSize: fileSize, tail: pending, outcomes: outcomes, count: count)
  }
}

/// The customers of a plan that was made, in its order. They may be read several times.
public struct StagedCustomers: Sendable {
  fileprivate let file: StagingFile?
  fileprivate let fileSize: Int
  /// The bytes that follow the file's bytes and were not written.
  fileprivate let tail: [UInt8]
  fileprivate let outcomes: [Outcome]
  public let count: Int

  public func reader() -> StagedCustomerReader { StagedCustomerReader(self) }

  /// Up to `count` bytes from `offset`; empty at the end.
  fileprivate func bytes(_ count: Int, at offset: Int) throws(PlanStagingError) -> [UInt8] {
    if let file, offset < fileSize { return try file.read(min(count, fileSize - offset), at: offset) }
    return Array(tail.dropFirst(offset - fileSize).prefix(count))
  }
}

/// Gives staged customers one after the other, with one piece in memory at a time.
public struct StagedCustomerReader: Sendable {
  private let customers: StagedCustomers
  private var buffer: [UInt8] = []
  private var position = 0
  /// The offset after the buffer's last byte.
  private var offset = 0

  fileprivate init(_ customers: StagedCustomers) { self.customers = customers }

  /// The next customer; nil at the end.
  public mutating func next() throws -> StagedCustomer? {
    guard let record = try nextRecord() else { return nil }
    let id = take(record.id)
    let contact = take(record.contact)
    let need = try need(take(record.need))
    let payload = take(record.payload)
    return StagedCustomer(
      id: String(decoding: id, as: UTF8.self),
      contact: try contact.isEmpty ? nil : EmailAddress(String(decoding: contact, as: UTF8.self)),
      outcome: customers.outcomes[record.outcome], need: need, payload: Data(payload))
  }

  /// The same customer's outcome and need alone, which is faster.
  mutating func nextNeed() throws -> (outcome: Outcome, need: Customer.Need)? {
    guard let record = try nextRecord() else { return nil }
    position += record.id + record.contact
    let need = try need(take(record.need))
    position += record.payload
    return (customers.outcomes[record.outcome], need)
  }

  /// The header of the next customer, whose bytes are in the buffer then.
  private mutating func nextRecord() throws -> StagedRecord? {
    guard try fill(StagedRecord.headerSize) else { return nil }
    let record = StagedRecord(header: buffer[position...])
    position += StagedRecord.headerSize
    guard try fill(record.size), record.outcome < customers.outcomes.count else { throw damage }
    return record
  }

  private func need(_ bytes: ArraySlice<UInt8>) throws -> Customer.Need {
    guard let need = Customer.Need(staged: bytes) else { throw damage }
    return need
  }

  private var damage: PlanStagingError { .damaged(customers.file?.path ?? "") }

  private mutating func take(_ count: Int) -> ArraySlice<UInt8> {
    defer { position += count }
    return buffer[position..<position + count]
  }

  /// Reads on until `count` bytes are in the buffer; false when there are fewer.
  private mutating func fill(_ count: Int) throws(PlanStagingError) -> Bool {
    while buffer.count - position < count {
      let more = try customers.bytes(max(PlanStaging.pieceSize, count), at: offset)
      if more.isEmpty { return false }
      offset += more.count
      buffer.removeFirst(position)
      position = 0
      buffer += more
    }
    return true
  }
}

/// The reason why planned customers cannot be kept until the plan is frozen. The plan is not frozen then.
public enum PlanStagingError: Error, Sendable, Hashable, CustomStringConvertible {
  case cannotWrite(path: String, cause: String)
  /// `cause` is a clause about the file.
  case cannotRead(path: String, cause: String)
  /// The bytes read back are not those that were written.
  case damaged(String)

  public var description: String {
    switch self {
    case .cannotWrite(let path, let cause):
      "\(path): cannot be written: \(cause); make room there or give this user the right to write, then run the command again"
    case .cannotRead(let path, let cause):
      "\(path): planned customers cannot be read back: \(cause); see to the disk, then run the command again"
    case .damaged(let path):
      "\(path): planned customers read back are not what was written; see to the disk, then run the command again"
    }
  }
}

/// The form in which a customer is written: five lengths or numbers of four bytes each, then id, contact, need and payload.
private struct StagedRecord {
  static let headerSize = 20
  let outcome: Int
  let id: Int
  let contact: Int
  let need: Int
  let payload: Int

  var size: Int { id + contact + need + payload }

  /// Reads the header that `bytes` begin with.
  init(header bytes: ArraySlice<UInt8>) {
    func number(_ place: Int) -> Int {
      (0..<4).reduce(0) { $0 | Int(bytes[bytes.startIndex + place * 4 + $1]) << (8 * $1) }
    }
    (outcome, id, contact, need, payload) = (number(0), number(1), number(2), number(3), number(4))
  }

  static func write(
    outcome: Int, id: String, contact: String, _ need: Customer.Need, _ payload: Data, to bytes: inout [UInt8]
  ) {
    for number in [outcome, id.utf8.count, contact.utf8.count, need.cell.bytes.count + 1, payload.count] {
      for shift in [0, 8, 16, 24] { bytes.append(UInt8(truncatingIfNeeded: number >> shift)) }
    }
    bytes += id.utf8
    bytes += contact.utf8
    bytes.append(need.cell.kind.rawValue | (need.hasAffectedContact ? 0x80 : 0))
    bytes += need.cell.bytes
    bytes += payload
  }
}

extension Customer.Need {
  fileprivate init?(staged bytes: ArraySlice<UInt8>) {
    guard let first = bytes.first, let kind = OrderCell.Kind(rawValue: first & 0x7F) else { return nil }
    cell = OrderCell(kind: kind, bytes: Array(bytes.dropFirst()))
    hasAffectedContact = first & 0x80 != 0
  }
}
