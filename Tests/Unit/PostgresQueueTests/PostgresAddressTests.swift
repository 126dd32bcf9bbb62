import Foundation
import Testing

@testable import PostgresQueue

@Suite struct PostgresAddressTests {
  @Test func placeNamesNoRole() throws {
    let address = try PostgresAddress("postgresql://clerk@db.provider.example:6432/queue")
    #expect(address.place == "postgresql://db.provider.example:6432/queue")
    #expect(address.user == "clerk" && address.port == 6432 && address.database == "queue")
    #expect(try PostgresAddress("postgresql:///queue").host == "/var/run/postgresql")
    #expect(try PostgresAddress("postgresql:///queue?host=/tmp/there").host == "/tmp/there")
    #expect(try PostgresAddress("postgresql://[::1]/queue").host == "::1")
  }

  /// Whatever the environment, the user's files or the address say.
  @Test(arguments: [
    ("postgresql://db.provider.example/queue", "verify-full"), ("postgresql://127.example/queue", "verify-full"),
    ("postgresql://192.0.2.1/queue", "verify-full"), ("postgresql://127.0.0.1/queue", "prefer"),
    ("postgresql://[::1]/queue", "prefer"), ("postgresql:///queue", "prefer"),
  ])
  func beyondThisMachineTheServerIsVerified(_ text: String, mode: String) throws {
    var address = try PostgresAddress(text)
    var settings = Dictionary(uniqueKeysWithValues: address.settings(password: nil).map { ($0.key, $0.value) })
    #expect(settings["sslmode"] == mode)
    #expect(
      settings["sslrootcert"] == (mode == "prefer" ? "/dev/null/none" : "/etc/ssl/certs/ca-certificates.crt"))
    #expect(settings["passfile"] == "/dev/null/none" && settings["password"] == nil)
    address.certificates = URL(fileURLWithPath: "/etc/own.pem")
    settings = Dictionary(uniqueKeysWithValues: address.settings(password: "geheim").map { ($0.key, $0.value) })
    #expect(settings["sslrootcert"] == "/etc/own.pem" && settings["password"] == "geheim")
  }

  @Test(arguments: [
    "", "queue", "mysql://db.example/queue", "postgresql://db.example", "postgresql://db.example/",
    "postgresql://clerk:secret@db.example/queue", "postgresql://db.example/queue?sslmode=disable",
    "postgresql://db.example/queue?host=/tmp", "postgresql://db.example/a/b", "postgresql://db.example:0/queue",
    "postgresql://db.example/queue%0Awords",
  ])
  func refused(_ text: String) {
    #expect(throws: PostgresAddress.Fault.self) { try PostgresAddress(text) }
  }
}
