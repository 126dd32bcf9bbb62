package import Foundation
package import Mail
package import Receipts

extension RedactedCustomer {
  /// A customer as the store keeps it.
  ///
  /// - Parameter payload: The customer as JSON. Only the names are read, where it has them.
  package init(recipient: EmailAddress, hidesDomain: Bool, id: String, payload: Data) {
    let names = try? JSONDecoder().decode(Names.self, from: payload)
    self.init(
      recipient: recipient, hidesDomain: hidesDomain, id: id, firstName: names?.firstName ?? "",
      lastName: names?.lastName ?? "", company: names?.company ?? "")
  }
}

/// The names in a ``Customer``.
private struct Names: Decodable {
  var firstName: String?
  var lastName: String?
  var company: String?
}
