import FaultPoints
public import Files
public import Foundation
public import Mail

/// The extent of a campaign's receipts at one moment, signed: it makes truncation and rewriting visible.
///
/// Kept as `checkpoint.json` with its Ed25519 signature `checkpoint.sig` (64 raw bytes over the JSON file's bytes) next
/// to the receipts; a copy kept elsewhere binds the machine's owner to it too. `docs/receipts.md` shows the check with
/// openssl.
public struct Checkpoint: Sendable, Hashable {
  public var campaign: String
  /// `sha256:…`
  public var plan: String
  /// Lines in the file.
  public var count: Int64
  /// SHA-256 of the last line, without its line feed.
  public var head: SHA256Digest
  public var at: Date

  public init(campaign: String, plan: String, count: Int64, head: SHA256Digest, at: Date) {
    self.campaign = campaign
    self.plan = plan
    self.count = count
    self.head = head
    self.at = at
  }

  static let jsonName = "checkpoint.json"
  static let signatureName = "checkpoint.sig"
  static let publicKeyName = "receipts-public.pem"

  /// The file's content: one JSON object and a line feed.
  public var json: [UInt8] {
    var json = StrictJSONWriter()
    json.begin()
    json.field("campaign", campaign)
    json.field("plan", plan)
    json.field("count", count)
    json.field("head", hex: head.bytes)
    json.field("at", at: Milliseconds(at))
    json.end()
    return json.bytes + [UInt8(ascii: "\n")]
  }

  public init(json: [UInt8]) throws(ReceiptSyntaxError) {
    guard json.last == UInt8(ascii: "\n") else { throw ReceiptSyntaxError("it has no line feed at its end") }
    var fields = try StrictJSONReader(Array(json.dropLast()))
    campaign = try fields.take("campaign").text()
    plan = try fields.take("plan").text()
    count = try fields.take("count").number()
    head = try fields.take("head").digest()
    at = try fields.take("at").moment()
    try fields.end()
  }

  /// Writes JSON, signature and public key into `folder`, durably. Fails with ``FileError``.
  ///
  /// Both files are on disk under `.new` names before the first takes its place, so that after a crash between the two
  /// renames the pair can still be recognised: the verifier takes `checkpoint.sig.new` where `checkpoint.sig` does not
  /// fit.
  public func write(to folder: URL, signedWith key: Ed25519PrivateKey) throws(FileError) {
    let file = folder.appendingPathComponent(Self.jsonName)
    let signatureFile = folder.appendingPathComponent(Self.signatureName)
    let signature: [UInt8]
    let publicKey: String
    do {
      signature = try key.signature(for: json)
      publicKey = try key.publicKeyPEM
    } catch {
      throw FileError(.write, signatureFile.path, .other("the key \(error)"))
    }
    let publicFile = folder.appendingPathComponent(Self.publicKeyName)
    if try DurableFile.read(publicFile) != Array(publicKey.utf8) {
      try DurableFile.replace(publicFile, with: Array(publicKey.utf8))
    }
    FaultPoint.checkpointBefore.reached()
    let newFile = folder.appendingPathComponent(Self.jsonName + ".new")
    let newSignature = folder.appendingPathComponent(Self.signatureName + ".new")
    try DurableFile.writeNew(newFile, json)
    FaultPoint.checkpointTextWritten.reached()
    try DurableFile.writeNew(newSignature, signature)
    try DurableFile.syncFolder(folder)
    FaultPoint.checkpointWritten.reached()
    try DurableFile.rename(newFile, to: file)
    try DurableFile.syncFolder(folder)
    FaultPoint.checkpointTextNamed.reached()
    try DurableFile.rename(newSignature, to: signatureFile)
    try DurableFile.syncFolder(folder)
    FaultPoint.checkpointNamed.reached()
  }
}

/// A checkpoint with the files that prove it, as they lie next to the receipts; its signature was checked.
struct SignedCheckpoint: Sendable {
  let checkpoint: Checkpoint
  /// The bytes of `checkpoint.json`.
  let json: [UInt8]
  /// 64 bytes over ``json``.
  let signature: [UInt8]
  /// The key that the signature was checked with.
  let key: Ed25519PublicKey

  /// The reason a checkpoint proves nothing. An English clause that names the file.
  struct Fault: Error {
    let reason: String
  }

  /// Nil when there is no checkpoint. With a `publicKey` that was kept elsewhere the signature is checked against that
  /// one, and a checkpoint must be there; otherwise against `receipts-public.pem` in the folder.
  ///
  /// Throws ``Fault`` when there is a checkpoint without a signature that fits, and ``FileError``.
  static func read(in folder: URL, publicKey: Ed25519PublicKey?) throws -> SignedCheckpoint? {
    // During a delivery a new pair may take the old one's place between two readings.
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
      return SignedCheckpoint(checkpoint: try Checkpoint(json: json), json: json, signature: signature, key: key)
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

extension Ed25519PublicKey {
  /// SHA-256 of the key in PEM: what `sha256sum receipts-public.pem` prints, and people tell each other to compare keys.
  /// Nil when libcrypto fails.
  public var fingerprint: SHA256Digest? { (try? pem).map { SHA256.digest(of: Array($0.utf8)) } }
}
