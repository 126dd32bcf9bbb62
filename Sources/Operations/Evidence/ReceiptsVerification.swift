import Files
import Foundation
import Mail
import Queue
public import Receipts

/// The receipts of a campaign, checked: chain, sequence, states, plan and signed checkpoint; and held against the queue
/// they lie in, where there is one.
public struct ReceiptsVerification: Sendable {
  /// The campaign that the receipts name: it may be another one.
  public let campaign: String
  public let verdict: ReceiptVerifier.Verdict
  /// Nil when there was no queue to compare with, or something is wrong.
  public let queue: QueueComparison?
  /// The campaign that is followed; nil where there is none, or something is wrong.
  public let followed: FollowedLink?
  /// The message about receipts that are not in the file yet; nil when all are.
  public let behind: OperatorMessage?
  /// The reason why they are not sound, or not this campaign's; nil when they are sound and this campaign's.
  public let error: OperatorError?
  /// What the next verification may take as read.
  let part: VerifiedPart?

  /// Verifies the receipts of a campaign. Fails when there is nothing to check, or the key cannot be used.
  ///
  /// - Parameter key: A file with a public key that was kept elsewhere, to check the signature against (PEM).
  public static func run(
    _ location: CampaignLocation, key: String?, _ dependencies: Dependencies
  ) async throws -> ReceiptsVerification {
    try await run(location, key: key, after: nil, dependencies)
  }

  /// - Parameter part: What an earlier verification has read.
  static func run(
    _ location: CampaignLocation, key: String?, after part: VerifiedPart?, _ dependencies: Dependencies
  ) async throws -> ReceiptsVerification {
    let receipts = CampaignReceipts(location)
    let folder = receipts.folder
    guard FileManager.default.fileExists(atPath: folder.path) else {
      throw OperatorError(
        .usage, "\(location.name) has no receipts: it was never launched from \(location.queue.path).")
    }
    try receipts.requireFile()
    var (verdict, read) = try ReceiptVerifier(folder: folder, publicKey: try key.map(publicKey)).verify(after: part)
    var error = try error(verdict, receipts, key: key)
    var queue: QueueComparison?
    var followed: FollowedLink?
    if error == nil {
      do {
        followed = try verdict.followed.map { try FollowedLink($0, beside: location) }
        queue = try await comparison(verdict, receipts, location, dependencies)
      } catch let fault as ReceiptVerifier.Fault {
        verdict.fault = fault
        verdict.signedLines = nil
        error = OperatorError(
          .data,
          """
          \(folder.path): \(fault)
          The chain itself is unbroken: whoever signed it may have written all of it. Keep these files and queue.sqlite as \
          they are.
          """)
      }
    }
    return ReceiptsVerification(
      campaign: verdict.campaign ?? location.name, verdict: verdict, queue: queue, followed: followed,
      behind: queue?.behindMessage(in: location), error: error, part: error == nil ? read : nil)
  }

  /// Nil when there is no queue here: receipts that were copied elsewhere are checked by themselves.
  private static func comparison(
    _ verdict: ReceiptVerifier.Verdict, _ receipts: CampaignReceipts, _ location: CampaignLocation,
    _ dependencies: Dependencies
  ) async throws -> QueueComparison? {
    let store: any PurgeableStore
    do throws(StoreError) {
      store = try dependencies.stores.open(queue: location.queue, access: .reader, lock: nil)
    } catch .noSpool {
      return nil
    } catch {
      // A database that is damaged, or of another version, keeps nobody from checking what does not depend on it.
      return try QueueComparison.make(signedBy: verdict.signedBy, in: location, without: error)
    }
    guard let record = try await store.campaign(named: location.name) else {
      throw ReceiptVerifier.Fault(line: 1, reason: "the queue's database does not know the campaign")
    }
    guard record.plan.planHash.labelled == verdict.plan else {
      throw ReceiptVerifier.Fault(line: 1, reason: "the queue's database has another plan of \(location.name)")
    }
    let opened = LaunchedCampaign(location: location, store: store, record: record)
    return try await QueueComparison.make(receipts.file, signedBy: verdict.signedBy, in: opened)
  }

  private static func error(
    _ verdict: ReceiptVerifier.Verdict, _ receipts: CampaignReceipts, key: String?
  ) throws -> OperatorError? {
    let folder = receipts.folder
    guard let fault = verdict.fault else {
      do throws(OperatorError) {
        try receipts.requireName(verdict)
        return nil
      } catch {
        return error
      }
    }
    if let key, let message = try otherKey(key, fault, in: folder) { return OperatorError(.data, message) }
    let before = fault.line == nil ? "" : "\nThe \(verdict.lines) lines before it are sound."
    return OperatorError(.data, "\(folder.path): \(fault)\(before)")
  }

  /// The message for receipts whose only fault is that the checkpoint was signed with another key than the given one.
  private static func otherKey(
    _ key: String, _ fault: ReceiptVerifier.Fault, in folder: URL
  ) throws -> OperatorMessage? {
    guard fault.line == nil else { return nil }
    let own = try ReceiptVerifier(folder: folder).verify()
    guard own.isSound, own.signedLines != nil else { return nil }
    return """
      \(folder.path): not signed with the key in \(key).
      The chain itself is unbroken (\(own.reach)), signed with the key in receipts-public.pem there: whoever has \
      its private half may have written all of them.
      """
  }

  private static func publicKey(_ path: String) throws(OperatorError) -> Ed25519PublicKey {
    let bytes: [UInt8]
    do {
      bytes = try RandomAccessFile.contents(of: path, atMost: DurableFile.largestSmallFile)
    } catch {
      throw OperatorError(.usage, "\(path): \(error.isMissing ? "there is no such file" : "cannot be read").")
    }
    guard let parsed = try? Ed25519PublicKey(pem: String(decoding: bytes, as: UTF8.self)) else {
      throw OperatorError(.usage, "\(path): not an Ed25519 public key in PEM form.")
    }
    return parsed
  }
}

/// The receipts of one customer, found by the keyed hash of the customer's id.
public enum ShownReceipts {
  /// Calls `body` for each receipt with its line as it is in the file, in order. Fails with the kind `data` when the
  /// receipts are not sound, and when the customer has none. Returns the message about receipts that are not in the file
  /// yet; nil when all are.
  @discardableResult
  public static func forEach(
    of customer: String, in location: CampaignLocation, _ dependencies: Dependencies,
    _ body: (_ receipt: Receipt, _ line: [UInt8]) throws -> Void
  ) async throws -> OperatorMessage? {
    let opened = try await OpenedCampaign(location, dependencies).launchedWithCustomers()
    let receipts = CampaignReceipts(location)
    let queue = try await receipts.sound(in: opened).queue
    _ = try await LetterCustomer.record(customer, in: opened.store, opened.record)
    let hash = KeyedHash(key: opened.record.plan.hashKey).digest(of: customer)
    var count = 0
    let sign = Array(hash.hex.utf8)
    try ReceiptReader(file: receipts.file).forEachLine { line, isWhole in
      guard isWhole, line.contains(run: sign) else { return }
      let receipt = try Receipt(line: line)
      guard receipt.customer == hash else { return }
      count += 1
      try body(receipt, line)
    }
    guard count > 0 else {
      let found = try await LetterCustomer.find(customer, in: opened.store, opened.record)
      throw found.withoutReceipts(queue, in: location)
    }
    return queue.behindMessage(in: location)
  }
}
