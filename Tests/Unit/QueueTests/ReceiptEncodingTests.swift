import Foundation
import Mail
import Receipts
import TestSupport
import Testing

@testable import Queue

@Suite struct ReceiptEncodingTests {
  @Test func aReceiptHasItsFieldsInOrderAndNoAddress() async throws {
    let folder = try TemporaryFolder()
    let store = try SQLiteStore.open(spool: folder.url, access: .owner)
    let campaign = try await store.freezeSample(letters: 1)
    let claims = try await store.claimAll(in: campaign)
    _ = try await store.commit([.record(claims[0], Sample.deferred(until: 60))])
    let hash = KeyedHash(key: Sample.hashKey)
    let lines = try await store.lines(of: campaign)
    let plan = SHA256.digest(of: Array("passwords".utf8)).hex
    let zeros = String(repeating: "0", count: 64)
    #expect(
      lines[0] == """
        {"seq":1,"at":"\(RFC3339.string(Sample.time(0)))","campaign":"passwords","event":"plan-frozen",\
        "plan":"sha256:\(plan)",\
        "figures":{"rows":3,"rejected":1,"customers":2,"letter":1,"phone":1,"none":0,"letters":1},"prev":"\(zeros)"}
        """)
    let message = """
      "message":\(claims[0].message),"customer":"\(hash.digest(of: "K1").hex)",\
      "recipient":"\(hash.digest(of: "kunde1@kanzlei1.example").hex)",\
      "domain":"hmac-sha256:\(hash.digest(of: "domain\0kanzlei1.example").hex)","relay":"main",\
      "attempt":1
      """
    let identity = """
      "message_id":"<passwords.1@kanzlei-it.example>","sha256":"\(SHA256.digest(of: Array("K1".utf8)).hex)",\
      "template":"password-change@0123456789ab"
      """
    #expect(
      lines[1] == """
        {"seq":2,"at":"\(RFC3339.string(Sample.time(1)))","campaign":"passwords","event":"attempt",\(message),\
        \(identity),"prev":"\(SHA256.digest(of: Array(lines[0].utf8)).hex)"}
        """)
    #expect(
      lines[2] == """
        {"seq":3,"at":"\(RFC3339.string(Sample.time(2)))","campaign":"passwords","event":"deferred",\(message),\
        "phase":"rcpt","code":451,"enhanced":"4.7.1","reply":"4.7.1 <address>: greylisted",\
        \(identity),"prev":"\(SHA256.digest(of: Array(lines[1].utf8)).hex)"}
        """)
  }

  @Test func aReplyOfAnySizeIsKeptUpToItsLimit() async throws {
    let folder = try TemporaryFolder()
    let store = try SQLiteStore.open(spool: folder.url, access: .owner)
    let campaign = try await store.freezeSample(letters: 1)
    let claims = try await store.claimAll(in: campaign)
    var record = Sample.refused()
    record.reply = "x" + String(repeating: "ü", count: 40_000)
    _ = try await store.commit([.record(claims[0], record)])
    let kept = try #require(try await store.customerRecords(of: campaign).first?.messages.first?.reply)
    #expect(kept.utf8.count == 65_535)
    #expect(record.reply.hasPrefix(kept))
    #expect(try #require(try await store.receiptValues(of: campaign).last?.reply).utf8.count <= 1000)
  }
}
