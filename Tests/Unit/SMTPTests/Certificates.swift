import Foundation
import TestSupport

/// Certificates for the TLS tests, made by openssl in a folder of their own that goes away with them.
final class Certificates {
  struct Pair {
    let chain: URL
    let key: URL
  }

  let folder: URL
  let authority: URL
  /// For localhost and 127.0.0.1, signed by the authority.
  let good: Pair
  /// For relay.example only.
  let otherHost: Pair
  /// Like `good`, until yesterday.
  let expired: Pair
  /// Like `good`, signed by itself.
  let selfSigned: Pair

  init() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "eilbrief-tls-\(UUID().uuidString)")
    self.folder = folder
    try FileManager.default.createDirectory(
      at: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    func pair(_ name: String) -> Pair {
      Pair(chain: folder.appending(path: "\(name).pem"), key: folder.appending(path: "\(name).key"))
    }
    authority = pair("ca").chain
    good = pair("good")
    otherHost = pair("other")
    expired = pair("expired")
    selfSigned = pair("self")
    try await ChildProcess.tool("/bin/sh", ["-c", Self.script], folder: folder)
  }

  deinit {
    try? FileManager.default.removeItem(at: folder)
  }

  private static let script = """
    set -e
    new="openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
    here=subjectAltName=DNS:localhost,IP:127.0.0.1
    signed() {
      echo "$2" > $1.ext
      $new -subj /CN=$1 -keyout $1.key -out $1.csr
      openssl x509 -req -in $1.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days $3 -extfile $1.ext -out $1.pem
    }
    $new -x509 -days 2 -subj /CN=authority -keyout ca.key -out ca.pem
    $new -x509 -days 2 -subj /CN=self -addext $here -keyout self.key -out self.pem
    signed good $here 2
    signed other subjectAltName=DNS:relay.example 2
    signed expired $here -1
    """
}
