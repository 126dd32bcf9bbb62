import Foundation
import TestSupport

extension TestCampaign {
  /// Logs in with the relay's own user and password, over STARTTLS where the relay has it.
  init(
    _ name: String = "sommer", in queue: URL, customers: [GeneratedCustomer],
    encoding: CustomerFileText.Encoding = .cp1252, relay: PostfixRelay, connections: Int = 8,
    more: [String] = []
  ) throws {
    var settings = ["name: main", "url: \"smtp://localhost:\(relay.port)\"", "connections: \(connections)"]
    if let authority = relay.authority { settings += ["tls: starttls", "ca_file: \(authority.path)"] }
    if let login = relay.options.login { settings += ["username: \(login.user)", "password_file: relay-password"] }
    try self.init(
      name, in: queue, customers: customers, encoding: encoding, relay: settings + more,
      password: relay.options.login?.password)
  }
}
