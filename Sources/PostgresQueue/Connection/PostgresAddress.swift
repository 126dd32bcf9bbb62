public import Foundation

/// Where the database of a queue is, and as whom to connect to it.
///
/// Written as `postgresql://user@host:port/database`; without a host the server's Unix socket on this machine,
/// `postgresql:///database?host=/folder/of/the/socket` another one. A password is never part of it.
public struct PostgresAddress: Sendable, Hashable {
  /// The name or address of a server, or the folder of its Unix socket.
  public let host: String
  public let port: Int
  public let database: String
  /// The role; as the process's own user where the address names none.
  public let user: String?
  /// The schema that has the queue's tables.
  package let schema: String
  /// The certificates that the server's is checked by; nil: the machine's.
  public var certificates: URL?

  /// The reason a text is no address of a queue's database.
  public struct Fault: Error, Sendable, Hashable, CustomStringConvertible {
    public let description: String
  }

  public init(_ text: String) throws(Fault) { try self.init(text, schema: "eilbrief") }

  /// - Parameter schema: Lower-case letters, digits and `_`.
  package init(_ text: String, schema: String) throws(Fault) {
    precondition(schema.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F })
    self.schema = schema
    guard let parts = URLComponents(string: text), parts.scheme == "postgresql" || parts.scheme == "postgres" else {
      throw Fault(description: "it is no address as “postgresql://host/database”")
    }
    guard parts.password == nil else {
      throw Fault(description: "it has a password in it; write the password into a file and name that")
    }
    var socket = "/var/run/postgresql"
    for item in parts.queryItems ?? [] {
      guard item.name == "host", let value = item.value, value.hasPrefix("/"), parts.host?.isEmpty != false else {
        throw Fault(description: "after “?” it may have the folder of a socket as “host=/folder”, and nothing else")
      }
      socket = value
    }
    let path = parts.path.dropFirst()
    guard !path.isEmpty, !path.contains("/"), parts.fragment == nil else {
      throw Fault(description: "it names no database, as “postgresql://host/database” does")
    }
    let name = parts.host ?? ""
    host = name.isEmpty ? socket : name.trimmingCharacters(in: ["[", "]"])
    port = parts.port ?? 5432
    database = String(path)
    user = parts.user
    let texts = [host, database, user ?? ""]
    guard texts.allSatisfy({ $0.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F } }), (1...65535).contains(port) else {
      throw Fault(description: "it has characters, or a port, that no address has")
    }
  }

  /// For people, and without the role.
  public var place: String {
    "postgresql://\(isSocket ? "" : host)\(port == 5432 ? "" : ":\(port)")/\(database)"
  }

  var isSocket: Bool { host.hasPrefix("/") }

  /// Nothing can come between the two ends.
  var isOnThisMachine: Bool {
    isSocket || host == "localhost" || host == "::1" || (host.hasPrefix("127.") && !host.contains { $0.isLetter })
  }

  /// Everything that libpq would otherwise look up in the environment or in the user's files.
  func settings(password: String?) -> [(key: String, value: String)] {
    var settings = [
      ("host", host), ("port", "\(port)"), ("dbname", database), ("application_name", "eilbrief"),
      ("client_encoding", "UTF8"), ("connect_timeout", "10"),
      // A server that does not answer any more is given up after half a minute.
      ("keepalives_idle", "10"), ("keepalives_interval", "5"), ("keepalives_count", "4"),
      ("tcp_user_timeout", "30000"),
      // The password comes from our file, or there is none.
      ("passfile", Self.noFile), ("gssencmode", "disable"),
      ("sslmode", isOnThisMachine ? "prefer" : "verify-full"),
      ("sslrootcert", certificates?.path ?? (isOnThisMachine ? Self.noFile : Self.ownCertificates)),
      (
        "options",
        """
        -c search_path=\(schema) -c lock_timeout=\(Self.lockTimeout) -c statement_timeout=0 \
        -c idle_in_transaction_session_timeout=60s -c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 \
        -c tcp_keepalives_count=4 -c default_transaction_isolation=read\\ committed
        """
      ),
    ]
    if let user { settings.append(("user", user)) }
    if let password { settings.append(("password", password)) }
    return settings.map { (key: $0.0, value: $0.1) }
  }

  /// A file that there is not.
  private static let noFile = "/dev/null/none"
  /// Those that the machine itself trusts.
  private static let ownCertificates = "/etc/ssl/certs/ca-certificates.crt"

  /// For another transaction that has a row.
  private static let lockTimeout = "20s"
}
