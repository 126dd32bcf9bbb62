import Mail

/// Two rows of different customers with the same mailbox, or the same contact address.
struct SharedAddress {
  var earlier: UInt32
  var later: UInt32
}

/// What the rows of a file are compared by, once all are read: the customer's data, the mailbox and the contact, each as a
/// hash.
///
/// A million rows would take 24 MB, and the tables to look them up as much again; so each kind is brought into memory by
/// itself, compared, and let go of. What was found out is noted in the ``RowIndex``.
struct RowHashColumns {
  private var customers = HashColumn()
  private var mailboxes = HashColumn()
  private var contacts = HashColumn()

  /// - Parameter row: Nil for a rejected one.
  mutating func add(_ row: CustomerRow?) {
    customers.append(row.map { UInt64(bitPattern: Int64($0.customerHash)) } ?? 0)
    mailboxes.append(row.map { HashIndex.hash($0.mailbox.key) } ?? 0)
    contacts.append(row?.contact.map { HashIndex.hash($0.key) } ?? 0)
  }

  func compare(
    _ index: inout RowIndex, mailboxes shared: inout [SharedAddress], contacts sharedContacts: inout [SharedAddress]
  ) throws(PlanStagingError) {
    try compareCustomers(&index)
    let mailboxes = try mailboxes.loaded()
    compareMailboxes(&index, mailboxes, &shared)
    try noteAffectedContacts(&index, mailboxes)
    try compareContacts(index, &sharedContacts)
  }

  /// Which rows say something else about their customer than the row before them.
  private func compareCustomers(_ index: inout RowIndex) throws(PlanStagingError) {
    let hashes = try customers.loaded()
    for row in 0..<index.count {
      guard let next = index.next(after: row), !index[next].has(.rejected) else { continue }
      if hashes.hash(of: row) != hashes.hash(of: next) { index.set(.differs, on: next) }
    }
  }

  /// Which mailboxes may be in several rows.
  private func compareMailboxes(
    _ index: inout RowIndex, _ hashes: HashColumn.Loaded, _ shared: inout [SharedAddress]
  ) {
    var table = HashIndex()
    for row in 0..<index.count where !index[row].has(.rejected) {
      guard let earlier = table.exchange(hashes.hash(of: row), row, in: hashes) else { continue }
      if index[row].has(.follows) { index.set(.differs, on: row) }
      if index[earlier].idHash != index[row].idHash {
        shared.append(SharedAddress(earlier: UInt32(earlier), later: UInt32(row)))
      }
    }
  }

  /// Which contacts are mailboxes of letter segments, in which an intruder may be reading.
  private func noteAffectedContacts(
    _ index: inout RowIndex, _ mailboxes: HashColumn.Loaded
  ) throws(PlanStagingError) {
    var table = HashIndex()
    for row in 0..<index.count where index[row].has(.letter) {
      _ = table.exchange(mailboxes.hash(of: row), row, in: mailboxes)
    }
    try contacts.visit { row, contact in
      if index[row].has(.contact), table.holds(contact, in: mailboxes) { index.set(.contactIsAffected, on: row) }
    }
  }

  /// Which contacts are those of several customers.
  private func compareContacts(_ index: RowIndex, _ shared: inout [SharedAddress]) throws(PlanStagingError) {
    let hashes = try contacts.loaded()
    var table = HashIndex()
    for row in 0..<index.count where index[row].has(.contact) {
      guard let earlier = table.exchange(hashes.hash(of: row), row, in: hashes),
        index[earlier].idHash != index[row].idHash
      else { continue }
      shared.append(SharedAddress(earlier: UInt32(earlier), later: UInt32(row)))
    }
  }
}
