import FaultPoints
public import Files
public import Foundation
public import Mail

/// How far the receipts of a campaign reached at one moment, signed: what makes truncation and rewriting visible.
///
/// Kept as `checkpoint.json` with its Ed25519 signature `checkpoint.sig` (64 raw bytes over the JSON file's bytes) beside
/// the receipts; copied elsewhere it holds the machine's owner to it too. `docs/receipts.md` shows the check with openssl.
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
    var bytes = Array("{\"campaign\":\"".utf8)
    bytes += ReceiptEncoder.escaped(campaign.utf8)
    bytes += "\",\"plan\":\"".utf8
    bytes += ReceiptEncoder.escaped(plan.utf8)
    bytes += "\",\"count\":\(count),\"head\":\"\(head.hex)\",\"at\":\"".utf8
    RFC3339.append(Milliseconds(at).date, to: &bytes)
    bytes += "\"}\n".utf8
    return bytes
  }

  public init(json: [UInt8]) throws(ReceiptSyntaxError) {
    guard json.last == UInt8(ascii: "\n") else { throw ReceiptSyntaxError("it has no line feed at its end") }
    var fields = try ReceiptFields(Array(json.dropLast()))
    campaign = try fields.take("campaign").text()
    plan = try fields.take("plan").text()
    count = try fields.take("count").number()
    head = try fields.take("head").digest()
    guard let moment = RFC3339.parse(try fields.take("at").text()), moment.offset == 0 else {
      throw ReceiptSyntaxError("“at” is not a moment in UTC")
    }
    at = moment.date
    try fields.end()
  }

  /// Writes JSON, signature and public key into `folder`, durably. Fails with ``FileError``.
  ///
  /// Both files are on disk under `.new` names before the first takes its place, so that after a crash between the two
  /// renames the pair can still be told: the verifier takes `checkpoint.sig.new` where `checkpoint.sig` does not fit.
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
