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
  /// A thousand lines, ready to be gone through from any of them.
  private struct Course: Sendable {
    let lines: [[UInt8]]
    let links: [ReceiptLink]
    /// At each line, the judge that has read everything before it.
    let judges: [ReceiptJudge]

    init(_ scene: ThousandReceipts, isSigned: Bool = true) throws {
      lines = scene.lines
      links = scene.lines.map { ReceiptLink($0) }
      judges = try ReceiptJudge.standings(before: scene.lines, checkpoint: isSigned ? scene.checkpoint : nil)
    }

    /// With line `index` in the place of `bytes`, which may have line feeds in them; the file goes on at line `next`.
    func fault(at index: Int, instead bytes: [[UInt8]], next: Int, isWhole: Bool = true) -> BrokenReceipt? {
      let changed = bytes.enumerated().map { ReceiptLink($1, isWhole: isWhole || $0 < bytes.count - 1) }
      return judges[index].fault(in: changed, rest: links[min(next, links.count)...])
    }

    /// Flips each bit of a line and of its line feed. Calls `body` with each fault; returns how many there were.
    func flip(_ index: Int, _ body: (_ byte: Int, _ bit: Int, BrokenReceipt?) -> Void) -> Int {
      let line = lines[index]
      var changed = line
      for byte in line.indices {
        for bit in 0..<8 {
          changed[byte] ^= 1 << bit
          let pieces = changed[byte] == 10 ? [Array(line[..<byte]), Array(line[(byte + 1)...])] : [changed]
          body(byte, bit, fault(at: index, instead: pieces, next: index + 1))
          changed[byte] = line[byte]
        }
      }
      for bit in 0..<8 {
        // Without its line feed the line runs into the next one.
        let joined = line + [10 ^ (1 << bit)] + (index + 1 < lines.count ? lines[index + 1] : [])
        body(
          line.count, bit,
          fault(at: index, instead: [joined], next: index + 2, isWhole: index + 1 < lines.count))
      }
      return (line.count + 1) * 8
    }
  }

  @Test func everyFlippedBitIsFoundAndItsLineNamed() async throws {
    let scene = try await ThousandReceipts()
    let course = try Course(scene)
    #expect(course.lines.count == 1_000)
    let flips = await withTaskGroup(of: Int.self) { group in
      for part in 0..<4 {
        group.addTask {
          var flips = 0
          for index in stride(from: part, to: course.lines.count, by: 4) {
            var wrong: [String] = []
            flips += course.flip(index) { byte, bit, fault in
              if fault?.line != Int64(index + 1), wrong.count < 3 {
                wrong.append("byte \(byte), bit \(bit): \(fault?.description ?? "not found")")
              }
            }
            #expect(wrong.isEmpty, "line \(index + 1)")
            if !wrong.isEmpty { break }
          }
          return flips
        }
      }
      return await group.reduce(0, +)
    }
    #expect(flips == scene.lines.reduce(0) { $0 + ($1.count + 1) * 8 })
  }

  /// A deleted line is missed in its place, a doubled one is one too many in the next place, swapped ones begin where the
  /// first of them stands.
  @Test func everyDeletedDoubledAndSwappedLineIsNamed() async throws {
    let course = try Course(try await ThousandReceipts())
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

  @Test func theFileCutAtEveryByteIsNamed() async throws {
    let course = try Course(try await ThousandReceipts())
    for (index, line) in course.lines.enumerated() {
      for count in 0...line.count {
        let fault = course.fault(
          at: index, instead: count == 0 ? [] : [Array(line[..<count])], next: course.lines.count, isWhole: false)
        guard fault?.line == Int64(index + 1) else {
          Issue.record("line \(index + 1) cut after \(count) bytes: \(fault?.description ?? "not found")")
          continue
        }
        switch fault?.fault {
        case .missing(signed: 1_000) where count == 0: break
        case .cutShort where count > 0: break
        default: Issue.record("line \(index + 1) cut after \(count) bytes: \(fault?.reason ?? "")")
        }
      }
    }
  }

  // MARK: Without the checkpoint

  /// What only the checkpoint shows: that lines at the end are gone.
  @Test func withoutTheCheckpointLinesCutOffAreNotFoundAndTheVerdictSaysNotSigned() async throws {
    let scene = try await ThousandReceipts()
    let course = try Course(scene, isSigned: false)
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
    let course = try Course(scene, isSigned: false)
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
    let course = try Course(scene)
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
