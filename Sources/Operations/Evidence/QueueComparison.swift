import Files
import Foundation
public import Mail
import Queue
import Receipts

/// The receipts on disk held against what the queue itself has: the key it signs with, and the lines in its database.
///
/// Receipts that were written anew and signed by somebody are sound in themselves; here they are not. The database is
/// ahead of the file for a moment at any time, and after a crash until the next `resume`: that is no fault.
public struct QueueComparison: Sendable, Hashable {
  /// The fingerprint of the queue's key; nil when it was not compared.
  public private(set) var key: SHA256Digest?
  /// Receipts in the database; nil when they were not compared.
  public private(set) var lines: Int64?
  /// Receipts in the database that are not in the file yet.
  private(set) var behind: Int64 = 0
  /// What could not be compared, each with the reason; empty when everything was.
  public private(set) var missing: [String] = []

  /// Compares the receipts in `file`, whose checkpoint was signed by the key with the fingerprint `signer`. Throws
  /// ``ReceiptVerifier/Fault`` when they contradict the queue.
  static func make(
    _ file: URL, signedBy signer: SHA256Digest?, in opened: LaunchedCampaign
  ) async throws -> QueueComparison {
    var comparison = try QueueComparison(signer, in: opened.location)
    try await comparison.compareLines(of: file, opened)
    return comparison
  }

  /// Compares the keys alone, where the database cannot be read for the `reason`.
  static func make(
    signedBy signer: SHA256Digest?, in location: CampaignLocation, without reason: StoreError
  ) throws -> QueueComparison {
    var comparison = try QueueComparison(signer, in: location)
    comparison.missing.append("the queue's database: \(reason)")
    return comparison
  }

  private init(_ signer: SHA256Digest?, in location: CampaignLocation) throws {
    do throws(StoreError) {
      key = try ReceiptKey.publicKey(of: location.spool)?.fingerprint
      if key == nil {
        missing.append(
          "the queue's key: \(location.spool.keys.appendingPathComponent("receipts.pem").path) is not there")
      }
    } catch {
      missing.append("the queue's key: \(error)")
    }
    guard let key, let signer, signer != key else { return }
    throw ReceiptVerifier.Fault(
      line: nil,
      reason: "signed by another key than this queue's: by the one with the fingerprint \(signer), and not by \(key)")
  }

  private mutating func compareLines(of file: URL, _ opened: LaunchedCampaign) async throws {
    let (store, campaign) = (opened.store, opened.record.id)
    var lines = LineBatches(try RandomAccessFile(file))
    var last: Int64 = 0
    let step = StepProgress.begin(.comparingReceipts)
    defer { step.end() }
    while let batch = try lines.next() {
      // Asked after the lines were read: the database had them first.
      let known = try await store.receipts(of: campaign, after: last, limit: batch.count)
      step.advance(by: batch.count)
      for (index, line) in batch.enumerated() {
        last += 1
        guard index < known.count, known[index].seq == last else {
          throw ReceiptVerifier.Fault(line: last, reason: "the queue's database does not know it")
        }
        guard known[index].bytes == line else {
          throw ReceiptVerifier.Fault(line: last, reason: "it is not the line that the queue's database has")
        }
      }
    }
    while true {
      let more = try await store.receipts(of: campaign, after: last + behind, limit: 1000)
      behind += Int64(more.count)
      if more.count < 1000 { break }
    }
    self.lines = last + behind
  }

  /// The message about receipts that are not in the file yet, and what to do; nil when all are.
  func behindMessage(in location: CampaignLocation) -> OperatorMessage? {
    guard behind > 0 else { return nil }
    let beginning = """
      \(pluralized(Int(behind), "receipt")) of \(location.name) \(behind == 1 ? "is" : "are") in the queue's database and \
      not in receipts.jsonl
      """
    if SpoolLock.holder(of: location.spool) != nil {
      return "\(beginning) yet: the process that delivers is about to write them. Try again in a moment."
    }
    return """
      \(beginning): a process ended before it had written them there. Nothing is lost: \(step: .resume) writes them, and \
      goes on with what is left to send.
      """
  }
}

/// The whole lines of a file, a quarter of a megabyte at a time.
private struct LineBatches {
  private let file: RandomAccessFile
  private var offset = 0
  private var rest: [UInt8] = []

  init(_ file: RandomAccessFile) { self.file = file }

  /// Nil at the end.
  mutating func next() throws(FileError) -> [[UInt8]]? {
    var piece: [UInt8] = []
    while true {
      try file.read(1 << 18, at: offset, into: &piece)
      if piece.isEmpty { return nil }
      offset += piece.count
      rest += piece
      guard let end = rest.lastIndex(of: UInt8(ascii: "\n")) else { continue }
      let lines = rest[..<end].split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map(Array.init)
      rest.removeFirst(end + 1)
      return lines
    }
  }
}

/// Receipts that contradict the queue they lie in, for an operation that does not read receipts itself.
public enum ReceiptsObjection {
  /// What is wrong; nil when nothing is. Lines are compared, not verified.
  public static func find(
    _ location: CampaignLocation, _ dependencies: Dependencies
  ) async throws -> OperatorMessage? {
    let opened = try await OpenedCampaign(location, dependencies).launched()
    let receipts = CampaignReceipts(location)
    guard FileManager.default.fileExists(atPath: receipts.file.path) else {
      return "\(receipts.file.path) is not there: \(step: .resume) writes it again from the queue."
    }
    do {
      let signer = try ReceiptVerifier.signer(in: receipts.folder)
      _ = try await QueueComparison.make(receipts.file, signedBy: signer, in: opened)
      return nil
    } catch let fault as ReceiptVerifier.Fault {
      return """
        The receipts of \(location.name) contradict this queue: \(fault).
        The report says what the queue's database has. Keep both as they are; \(step: .verifyReceipts) says more.
        """
    }
  }
}
