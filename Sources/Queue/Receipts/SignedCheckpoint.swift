import Files
import Foundation
import Mail

/// A checkpoint with the files that prove it, as they lie beside the receipts; its signature was checked.
struct SignedCheckpoint: Sendable {
  let checkpoint: Checkpoint
  /// The bytes of `checkpoint.json`.
  let json: [UInt8]
  /// 64 bytes over ``json``.
  let signature: [UInt8]

  /// Why a checkpoint proves nothing. An English clause that names the file.
  struct Fault: Error {
    let reason: String
  }

  /// Nil when there is none. With a `publicKey` that was kept elsewhere the signature is checked against that one, and a
  /// checkpoint must be there; otherwise against `receipts-public.pem` in the folder.
  ///
  /// Throws ``Fault`` when there is one without a signature that fits, and ``FileError``.
  static func read(in folder: URL, publicKey: Ed25519PublicKey?) throws -> SignedCheckpoint? {
    // While a delivery goes on, a new pair may take the old one's place between two readings.
    for _ in 0..<3 {
      if let found = try? readOnce(in: folder, publicKey: publicKey) { return found }
    }
    return try readOnce(in: folder, publicKey: publicKey)
  }

  private static func readOnce(in folder: URL, publicKey: Ed25519PublicKey?) throws -> SignedCheckpoint? {
    guard let json = try DurableFile.read(folder.appendingPathComponent(Checkpoint.jsonName)) else {
      guard publicKey == nil else { throw Fault(reason: "checkpoint.json is missing") }
      return nil
    }
    let key = try publicKey ?? keyBeside(folder)
    // A crash while a checkpoint was being written may have left its signature under the new name.
    let signatures = try ["", ".new"].map { suffix in
      try DurableFile.read(folder.appendingPathComponent(Checkpoint.signatureName + suffix))
    }
    guard let signature = signatures.compactMap({ $0 }).first(where: { key.isValid(signature: $0, for: json) }) else {
      throw Fault(
        reason: signatures[0] == nil
          ? "checkpoint.sig is missing" : "checkpoint.sig is not the signature of checkpoint.json")
    }
    do {
      return SignedCheckpoint(checkpoint: try Checkpoint(json: json), json: json, signature: signature)
    } catch {
      throw Fault(reason: "checkpoint.json is signed but cannot be read: \(error)")
    }
  }

  private static func keyBeside(_ folder: URL) throws -> Ed25519PublicKey {
    guard let pem = try DurableFile.read(folder.appendingPathComponent(Checkpoint.publicKeyName)) else {
      throw Fault(reason: "receipts-public.pem is missing")
    }
    guard let found = try? Ed25519PublicKey(pem: String(decoding: pem, as: UTF8.self)) else {
      throw Fault(reason: "receipts-public.pem is not an Ed25519 public key")
    }
    return found
  }
}
