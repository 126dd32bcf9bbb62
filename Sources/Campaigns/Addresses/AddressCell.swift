import Mail

/// A cell of the columns contact and mailbox: an address as people and programs write it, or the reason why none is read.
///
/// Blanks and invisible characters at the ends are left out. What programs put around one address is left out too, and told
/// with a remark; see ``AddressSearch``. An address is never changed, and none is guessed: where it is not certain which one
/// is meant, the cell has a fault. What is probably mistyped is used as it is, with a remark.
struct AddressCell {
  private(set) var address: EmailAddress?
  private(set) var fault: AddressFault?
  private(set) var remarks: [RowRemark] = []

  private let field: CustomerSource.Field

  /// - Parameters:
  ///   - cell: In normal form C.
  ///   - takesFirst: Of several addresses the first is meant.
  init(_ cell: String, in field: CustomerSource.Field, takesFirst: Bool = false) {
    self.field = field
    // Nearly every cell is an address and nothing else.
    if cell.utf8.allSatisfy({ $0 > 0x27 && $0 < 0x7F && $0 != UInt8(ascii: "<") }),
      let address = try? EmailAddress(cell)
    {
      take(address, from: cell)
      return
    }
    let text = CellBlank.trimmed(cell)
    guard !text.isEmpty else { return }
    do throws(AddressError) {
      let address = try EmailAddress(text)
      let bare = Self.withoutApostrophe(address)
      if bare == address { take(address, from: text) } else { unwrap(bare, from: text) }
    } catch {
      read(text, error, takesFirst: takesFirst)
    }
  }

  private mutating func read(_ text: String, _ error: AddressError, takesFirst: Bool) {
    guard text.utf8.contains(UInt8(ascii: "@")) else {
      fault = .without(text) ?? .syntax(AddressError(.noAt))
      return
    }
    let search = AddressSearch(text)
    let hits = search.hits
    guard !hits.isEmpty, !search.isTooMany else {
      fault = search.isTooMany ? several(AddressSearch.most, isClear: false) : .noValue(text, at: "@") ?? .syntax(error)
      return
    }
    let last = hits[hits.count - 1]
    // The display name of an address may hold an @ too.
    if let valid = last.valid, search.wrapping(of: last) == .bracketed,
      hits.dropLast().allSatisfy({ $0.valid.map { $0.key == valid.key } ?? !search.hasSeparator(before: last) })
    {
      unwrap(valid, from: text)
      return
    }
    guard !search.hasStrayAt else {
      fault = .syntax(error)
      return
    }
    if hits.count == 1 {
      readOnly(hits[0], search, error)
    } else if let valid = hits[0].valid, hits.allSatisfy({ $0.valid?.key == valid.key }) {
      let isClear = search.isOneRepeated || search.wrapping(of: hits[0], until: search.endOfFirst) != .none
      if isClear { unwrap(valid, from: text) } else { fault = .beside(error, valid) }
    } else {
      readSeveral(search, takesFirst: takesFirst)
    }
  }

  private mutating func readOnly(_ hit: AddressSearch.Hit, _ search: AddressSearch, _ error: AddressError) {
    let isAlone = search.wrapping(of: hit) != .none
    switch hit.address {
    case .success(let address) where isAlone: unwrap(address, from: search.text)
    case .success(let address): fault = .beside(error, address)
    case .failure(let inner):
      fault = .noValue(search.text, at: "@") ?? .undotted(search.text, inner) ?? .syntax(isAlone ? inner : error)
    }
  }

  private mutating func readSeveral(_ search: AddressSearch, takesFirst: Bool) {
    let different = Set(search.hits.indices.map { search.hits[$0].valid?.key ?? "\($0)" }).count
    let first = search.hits[0]
    let isClear = !search.isFirstAName && search.wrapping(of: first, until: search.endOfFirst) != .none
    guard takesFirst, isClear, let valid = first.valid else {
      fault = several(different, isClear: isClear && first.valid != nil)
      return
    }
    let address = Self.withoutApostrophe(valid)
    remark(.furtherAddresses, search.text, "\(address.displayText); \(different - 1) left out")
    take(address, from: search.text)
  }

  private func several(_ count: Int, isClear: Bool) -> AddressFault {
    field == .contact && !isClear ? .firstUnclear(count) : .several(count)
  }

  /// Spreadsheet programs put an apostrophe before what is a text; no address begins with one.
  private static func withoutApostrophe(_ address: EmailAddress) -> EmailAddress {
    guard address.local.hasPrefix("'") else { return address }
    return (try? EmailAddress(address.description.drop { $0 == "'" })) ?? address
  }

  private mutating func unwrap(_ found: EmailAddress, from text: String) {
    let address = Self.withoutApostrophe(found)
    take(address, from: text)
    if fault == nil { remark(.unwrapped, text, address.displayText) }
  }

  /// Uses the address unless it is not the one that a reader sees.
  private mutating func take(_ address: EmailAddress, from text: String) {
    if !address.isASCII || address.domain.unicode != address.domain.ascii {
      if let mixed = MixedScripts(address, in: text) {
        fault = .mixed(mixed)
        return
      }
      if let reading = LookAlikes.reading(of: address.domain) {
        remark(.lookAlike, address.displayText, reading)
      }
    }
    self.address = address
    switch AddressDoubt(address, isContact: field == .contact) {
    case .mistyped(let domain): remark(.mistyped, address.displayText, domain)
    case .noEnding: remark(.noEnding, address.displayText)
    case .placeholder: remark(.placeholderAddress, address.displayText)
    case .unread: remark(.unread, address.displayText)
    case nil: break
    }
  }

  private mutating func remark(_ kind: RowRemark.Kind, _ value: String, _ detail: String = "") {
    remarks.append(RowRemark(kind, field, value: value, detail: detail))
  }
}
