import Mail

@testable import Campaigns

/// A cell of the columns contact and mailbox. What is read is read the same again, with nothing around it; what is not read
/// has a reason that can be shown.
struct AddressCells: FuzzTarget {
  func run(_ bytes: [UInt8]) {
    let text = String(decoding: bytes, as: UTF8.self).precomposed
    for field in [CustomerSource.Field.contact, .mailbox] {
      for takesFirst in [false, true] {
        let cell = AddressCell(text, in: field, takesFirst: takesFirst)
        if let fault = cell.fault {
          precondition(cell.address == nil, "an address and a fault")
          precondition(!fault.description(of: text, in: field).isEmpty)
        }
        _ = cell.remarks.map(\.description)
        guard let address = cell.address else { continue }
        let again = AddressCell(address.description, in: field)
        precondition(again.address == address, "\(address) is read otherwise")
        precondition(
          !again.remarks.contains { $0.kind == .unwrapped || $0.kind == .furtherAddresses },
          "\(address) is unwrapped again")
      }
    }
  }
}
