public import Foundation

extension NewFolder {
  /// Adds the receipts that lie in `source` with their checkpoint, signature and public key, and verifies the copies.
  ///
  /// May be called while a campaign is delivered: the copy ends with a whole line, at or after the checkpoint. Throws
  /// ``ReceiptVerifier/Fault`` when they are not sound, and ``StoreError``.
  public mutating func addReceipts(from source: URL) throws -> ReceiptVerifier.Verdict {
    let signed: SignedCheckpoint?
    do {
      signed = try SignedCheckpoint.read(in: source, publicKey: nil)
    } catch let fault as SignedCheckpoint.Fault {
      throw ReceiptVerifier.Fault(line: nil, reason: fault.reason)
    }
    guard let signed, let key = try DurableFile.read(source.appendingPathComponent(Checkpoint.publicKeyName)) else {
      throw ReceiptVerifier.Fault(
        line: nil, reason: "there is none yet: it is written at every pause and at the end")
    }
    try add(Checkpoint.jsonName, signed.json)
    try add(Checkpoint.signatureName, signed.signature)
    try add(Checkpoint.publicKeyName, key)
    try addLines(of: source.appendingPathComponent(ReceiptFile.name), as: ReceiptFile.name)
    let verdict = try ReceiptVerifier(folder: unfinished).verify()
    if let fault = verdict.fault { throw fault }
    return verdict
  }
}
