import Foundation
import TestSupport
import Testing

@testable import Queue
@testable import Receipts

/// Every way to tamper with one place of a signed file of 1,000 lines is found, and the right line is named.
///
/// Files that differ in one line are the same before it: a copy of the judge that stands there goes on with the changed
/// line and those after it. It is the verifier's own judge; ``ReceiptVerifierTests`` has the same on files.
@Suite struct ReceiptTamperingTests {
  /// Every eleventh line, so that each kind of line is among them, and the first and last ones; ``ReceiptTamperingLongTests`` has them all.
  private static let sample = Set(Array(stride(from: 0, to: 1_000, by: 11)) + [1, 2, 3, 998, 999]).sorted()

  @Test func everyFlippedBitIsFoundAndItsLineNamed() async throws {
    let scene = try await ThousandReceipts()
    let flips = try await TamperedReceipts(scene).expectFlippedBitsFound(in: Self.sample)
    #expect(flips == Self.sample.reduce(0) { $0 + (scene.lines[$1].count + 1) * 8 })
  }

  /// A deleted line is missed in its place, a doubled one is one too many in the next place, swapped ones begin where the
  /// first of them stands.
  @Test func everyDeletedDoubledAndSwappedLineIsNamed() async throws {
    let course = try TamperedReceipts(try await ThousandReceipts())
    for index in course.lines.indices {
      let line = course.lines[index]
      let deleted = course.fault(at: index, instead: [], next: index + 1)
      #expect(deleted?.line == Int64(index + 1))
      let doubled = course.fault(at: index, instead: [line, line], next: index + 1)
      #expect(doubled?.line == Int64(index + 2))
      if index + 1 < course.lines.count {
        let swapped = course.fault(at: index, instead: [course.lines[index + 1], line], next: index + 2)
        #expect(swapped?.line == Int64(index + 1))
      }
      switch (deleted?.fault, doubled?.fault) {
      case (.missing(signed: 1_000), .outOfPlace) where index == 999: break
      case (.outOfPlace, .outOfPlace) where index < 999: break
      default: Issue.record("line \(index + 1): \(deleted?.description ?? "") \(doubled?.description ?? "")")
      }
    }
  }

  @Test func theFileCutAtAnyByteIsNamed() async throws {
    try TamperedReceipts(try await ThousandReceipts()).expectCutsNamed(in: Self.sample)
  }

  // MARK: Without the checkpoint

  /// What only the checkpoint shows: that lines at the end are gone.
  @Test func withoutTheCheckpointLinesCutOffAreNotFoundAndTheVerdictSaysNotSigned() async throws {
    let scene = try await ThousandReceipts()
    let course = try TamperedReceipts(scene, isSigned: false)
    for (index, line) in course.lines.enumerated() {
      let between = course.fault(at: index, instead: [], next: course.lines.count)
      #expect(between?.line == (index == 0 ? 1 : nil), "\(between?.reason ?? "")")
      for count in [1, line.count / 2, line.count] {
        let within = course.fault(
          at: index, instead: [Array(line[..<count])], next: course.lines.count, isWhole: false)
        #expect(within?.line == Int64(index + 1))
      }
    }
    try scene.removeCheckpoint()
    for count in [1, 2, 500, 999, 1_000] {
      let verdict = try scene.verdict(on: Array(scene.lines[..<count]))
      #expect(verdict.fault == nil)
      #expect(verdict.reach == "\(count) lines, not signed")
    }
  }

  /// And a change of the last line that still makes sense. Every other changed bit is found by the chain alone.
  @Test func withoutTheCheckpointOnlyAChangeOfTheLastLineCanGoUnseen() async throws {
    let scene = try await ThousandReceipts()
    let course = try TamperedReceipts(scene, isSigned: false)
    for index in [0, 1, 500, 996, 997, 998] {
      _ = course.flip(index) { byte, bit, fault in
        if fault?.line != Int64(index + 1) { Issue.record("line \(index + 1), byte \(byte), bit \(bit)") }
      }
    }
    var unseen = 0
    _ = course.flip(999) { byte, bit, fault in
      if fault == nil { unseen += 1 }
      // Its “prev” and the line before it contradict each other, and nothing tells which is true.
      if let line = fault?.line, line != 1_000 {
        #expect(line == 999 && fault?.reason.contains("or the next one") == true, "byte \(byte), bit \(bit)")
      }
    }
    #expect(unseen > 0)
    var lines = scene.lines
    lines[999] = Array(String(decoding: lines[999], as: UTF8.self).replacing("08:00:40", with: "08:00:44").utf8)
    #expect(lines != scene.lines)
    #expect(try scene.verdict(on: lines).fault?.line == 1_000)
    try scene.removeCheckpoint()
    let verdict = try scene.verdict(on: lines)
    #expect(verdict.fault == nil && verdict.reach == "1000 lines, not signed")
  }

  /// The judge that goes on from a line says what the verifier says of the whole file.
  @Test func theVerifierSaysTheSameOfTheFile() async throws {
    let scene = try await ThousandReceipts()
    let course = try TamperedReceipts(scene)
    #expect(try scene.verdict(on: scene.lines).reach == "1000 lines, all of them signed")
    for index in [0, 2, 499, 998, 999] {
      let line = scene.lines[index]
      for byte in [8, line.count / 2, line.count - 40] {
        var lines = scene.lines
        lines[index][byte] ^= 1
        let own = try #require(course.fault(at: index, instead: [lines[index]], next: index + 1))
        let fault = try #require(try scene.verdict(on: lines).fault)
        #expect(fault.line == own.line && fault.reason == own.reason)
      }
    }
  }
}
