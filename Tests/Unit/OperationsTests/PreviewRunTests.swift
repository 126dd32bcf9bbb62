import Campaigns
import DeliverySupport
import Foundation
import Letters
import Preview
import Reports
import TestSupport
import Testing

@testable import Operations

/// Letters looked at before a launch: whose they are, and where they are written.
@Suite(.timeLimit(.minutes(10))) struct PreviewRunTests {
  private func preview(_ scene: Scene) async throws -> PreviewRun {
    try await PreviewRun(scene.location, scene.dependencies)
  }

  private func names(_ folder: URL) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
  }

  @Test func oneCustomersLetterIsMade() async throws {
    let scene = try Scene(.accept, .call)
    let run = try await preview(scene)
    guard case .letters(let letters, let customer) = try run.customer("K1", letter: nil, needsOne: true) else {
      throw HarnessError("no letter")
    }
    #expect(customer.id == "K1" && letters.map(\.letter.template) == ["password-change"])
    #expect(letters[0].letter.code == .sample && run.unsigned.isEmpty)
    guard case .noLetter(let outcome) = try run.customer("K2", letter: nil, needsOne: false) else {
      throw HarnessError("a letter")
    }
    #expect(outcome.kind == .phone)
    #expect(!scene.hasStore && scene.transport.openings == 0)
  }

  @Test func wrongCustomersAndLettersAreErrors() async throws {
    let scene = try Scene(.accept, more: "letters: {breach-notice: [imap]}\n")
    try scene.addBadRow()
    let run = try await preview(scene)
    for (id, letter) in [("K9", nil), ("K99", nil), ("K1", "other")] {
      #expect(try await failure { _ = try run.customer(id, letter: letter, needsOne: false) }.kind == .data)
    }
    #expect(try await failure { _ = try run.customer("K1", letter: nil, needsOne: true) }.kind == .usage)
    guard case .letters(let both, _) = try run.customer("K1", letter: nil, needsOne: false),
      case .letters(let one, _) = try run.customer("K1", letter: "breach-notice", needsOne: true)
    else { throw HarnessError("no letters") }
    #expect(both.count == 2 && one.map(\.letter.template) == ["breach-notice"])
  }

  @Test func lettersAreWrittenIntoANewFolderOnly() async throws {
    let scene = try Scene(.accept, .accept, .call)
    let run = try await preview(scene)
    let path = scene.folder.url.appendingPathComponent("all").path
    let written = try run.writeAll(to: path)
    #expect(try written.count == 2 && names(written.folder) == ["K1.eml", "K2.eml"])
    #expect(GeneratedFile.kind(of: written.folder.appendingPathComponent("K1.eml")) != nil)
    #expect(try await failure { _ = try run.writeAll(to: path) }.kind == .cannotWrite)
    let sample = try run.letters(of: run.sample())
    let some = try run.write(sample, to: scene.folder.url.appendingPathComponent("some").path)
    #expect(try some.count == sample.count && names(some.folder).count == sample.count)
  }

  @Test func pageIsWrittenIntoTheCampaignsFolder() async throws {
    let scene = try Scene(.accept)
    let run = try await preview(scene)
    let letters = try run.letters(of: run.sample())
    let page = try run.writePage(of: letters, customer: nil, letter: nil)
    #expect(page.path.hasPrefix(scene.files.folder.path) && page.lastPathComponent == "sample.html")
    let own = try run.writePage(of: letters, customer: "K/1", letter: "password-change")
    #expect(own.lastPathComponent == "customer-K%2F1.password-change.html")
    // A purge knows them by their form.
    for file in [page, own] { #expect(GeneratedFile.kind(of: file) != nil) }
  }

  @Test func campaignWithoutLettersHasNoSample() async throws {
    let run = try await preview(Scene(.call, .nothing))
    #expect(try await failure { _ = try run.sample() }.kind == .data)
  }

  @Test func missingKeyIsNoHindrance() async throws {
    let scene = try Scene(.accept, more: "dkim: {domain: kanzlei-it.example, selector: a, rsa_key_file: nowhere.pem}\n")
    let run = try await preview(scene)
    #expect(run.unsigned.count == 1)
    #expect(try run.letters(of: run.sample()).count == 1)
  }
}
