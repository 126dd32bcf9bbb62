import FaultPoints
import Files
import Foundation
public import Mail

/// The key that signs a spool's checkpoints: `keys/receipts.pem`, 0600, made once.
///
/// Losing it loses only the right to sign further checkpoints under the same name. Fails with ``StoreError``.
public enum ReceiptKey {
  /// The public half of the spool's key; nil when there is none.
  public static func publicKey(of spool: Spool) throws(StoreError) -> Ed25519PublicKey? {
    let file = spool.keys.appendingPathComponent("receipts.pem")
    guard let pem = try StoreError.mapping({ () throws(FileError) in try DurableFile.read(file) }) else { return nil }
    do {
      return try Ed25519PrivateKey(pem: String(decoding: pem, as: UTF8.self)).publicKey
    } catch {
      throw .cannotRead(path: file.path, cause: "it \(error)")
    }
  }

  /// The spool's key; made from `seed` (32 bytes from a cryptographic source) when there is none yet.
  public static func load(from spool: Spool, seed: () -> [UInt8]) throws(StoreError) -> Ed25519PrivateKey {
    let file = spool.keys.appendingPathComponent("receipts.pem")
    if let pem = try StoreError.mapping({ () throws(FileError) in try DurableFile.read(file) }) {
      var status = stat()
      guard stat(file.path, &status) == 0, status.st_mode & 0o077 == 0 else {
        throw .cannotRead(path: file.path, cause: "others may read this key; run chmod 600 on it")
      }
      do {
        return try Ed25519PrivateKey(pem: String(decoding: pem, as: UTF8.self))
      } catch {
        throw .cannotRead(path: file.path, cause: "it \(error)")
      }
    }
    try Spool.makePrivateFolder(spool.folder)
    try Spool.makePrivateFolder(spool.keys)
    let key: Ed25519PrivateKey
    let pem: String
    do {
      key = try Ed25519PrivateKey(seed: seed())
      pem = try key.pem
    } catch {
      throw .cannotWrite(path: file.path, cause: "the key \(error)")
    }
    try StoreError.mapping { () throws(FileError) in try DurableFile.replace(file, with: Array(pem.utf8)) }
    FaultPoint.keyMade.reached()
    return key
  }
}
