import Files
public import Foundation
import Mail

/// A folder that receipts are copied into with everything that belongs to them: it appears whole, durable and at once,
/// or not at all.
///
/// Knows the SHA-256 of every file in it. Fails as ``NewFolder`` does, with ``FileError``.
public struct ExportFolder {
  private let folder: NewFolder
  private var digests: [String: SHA256Digest] = [:]

  public init(_ destination: URL) throws {
    folder = try NewFolder(destination)
  }

  /// `name` may have folders in it.
  public mutating func add(_ name: String, _ bytes: [UInt8], mode: mode_t = 0o600) throws {
    try folder.add(name, bytes, mode: mode)
    digests[name] = SHA256.digest(of: bytes)
  }

  /// Adds the receipts that lie in `source` with their checkpoint, signature and public key, and verifies the copies.
  ///
  /// May be called while a campaign is delivered: the copy ends with a whole line, at or after the checkpoint. Throws
  /// ``ReceiptVerifier/Fault`` when they are not sound.
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
    try addLines(of: source.appendingPathComponent(ReceiptReader.fileName), as: ReceiptReader.fileName)
    let verdict = try ReceiptVerifier(folder: folder.unfinished).verify()
    if let fault = verdict.fault { throw fault }
    return verdict
  }

  /// The whole lines of `source`, with constant memory: the last one may be in the middle of being written.
  private mutating func addLines(of source: URL, as name: String) throws {
    var hash = SHA256Stream()
    try folder.add(name) { write in
      var buffer: [UInt8] = []
      func flush() throws {
        hash.update(buffer)
        try write(buffer)
        buffer.removeAll(keepingCapacity: true)
      }
      let step = StepProgress.begin(.exporting)
      defer { step.end() }
      try ReceiptReader(file: source).forEachLine { line, isWhole in
        guard isWhole else { return }
        step.advance()
        buffer += line
        buffer.append(UInt8(ascii: "\n"))
        if buffer.count >= 1 << 18 { try flush() }
      }
      try flush()
    }
    digests[name] = hash.finish()
  }

  /// The receipts that were added, as long as the folder is not finished.
  public var receipts: URL { folder.unfinished.appendingPathComponent(ReceiptReader.fileName) }

  /// The text that `sha256sum -c` checks: one line per file so far.
  public var checksums: String { digests.sorted { $0.key < $1.key }.map { "\($1.hex)  \($0)\n" }.joined() }

  /// Gives the folder its name.
  public func finish() throws { try folder.finish() }

  /// Removes the folder; nothing is left of it.
  public func discard() { folder.discard() }
}
