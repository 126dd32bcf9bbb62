import Foundation
import TestSupport
import Testing

/// A campaign of two customers in three rows that is good but for what a test spoils in it, with a relay that takes
/// whatever comes.
///
/// It checks both halves of a promise: the launch fails with these words and this status and leaves nothing half done;
/// and once the fault is mended the same campaign is launched, every letter once.
struct RefusedLaunch: Sendable {
  let campaign: TestCampaign
  let relay: SinkRelay

  static let customers = [
    GeneratedCustomer(
      id: "100", company: "Kanzlei Müller", salutation: "Herr", title: "Dr.", firstName: "Jörg", lastName: "Müller",
      language: "de", contact: "kontakt@mueller.example", phone: "09999 555-100",
      mailboxes: [
        .init(address: "post@mueller.example", access: "imap"), .init(address: "fax@mueller.example", access: "imap"),
      ]),
    GeneratedCustomer(
      id: "101", company: "Kanzlei Groß", salutation: "Frau", title: "", firstName: "Käthe", lastName: "Groß",
      language: "de", contact: "kontakt@gross.example", phone: "09999 555-101",
      mailboxes: [.init(address: "post@gross.example", access: "pop3")]),
  ]

  /// `more` are settings of the relay in the campaign file.
  static func with(more: [String] = [], _ body: (RefusedLaunch) async throws -> Void) async throws {
    try await SinkRelay.with { relay in
      try await TemporaryFolder.with { queue in try await body(RefusedLaunch(in: queue, relay, more: more)) }
    }
  }

  init(
    in queue: URL, _ relay: SinkRelay, customers: [GeneratedCustomer] = RefusedLaunch.customers, more: [String] = []
  ) throws {
    self.relay = relay
    campaign = try TestCampaign(
      in: queue, customers: customers, encoding: .utf8,
      relay: ["name: main", "url: \"smtp://localhost:\(relay.port)\""] + more, password: "geheim")
  }

  /// Spoils a file of the campaign, expects the refusal, mends the file, expects the launch.
  func expect(
    _ status: Int32, _ message: String, replacing old: String, with new: String, in file: URL,
    at location: SourceLocation = #_sourceLocation
  ) async throws {
    let good = try String(contentsOf: file, encoding: .utf8)
    try #require(good.contains(old), sourceLocation: location)
    try await expect(
      status, message, spoiling: file, with: Data(good.replacing(old, with: new, maxReplacements: 1).utf8),
      at: location)
  }

  func expect(
    _ status: Int32, _ message: String, spoiling file: URL, with bytes: Data,
    at location: SourceLocation = #_sourceLocation
  ) async throws {
    let good = try Data(contentsOf: file)
    try bytes.write(to: file)
    try await expectRefusal(status, message, at: location)
    try good.write(to: file)
    try await expectLaunch(at: location)
  }

  func expectRefusal(
    _ status: Int32, _ message: String, at location: SourceLocation = #_sourceLocation
  ) async throws {
    // A user who may do anything could not be refused a file.
    let outcome = try await OrdinaryUser.run("launch", campaign.name, "--yes", queue: campaign.queue)
    #expect(outcome.status == status, sourceLocation: location)
    #expect(outcome.errors == "eilbrief: \(message)\n", sourceLocation: location)
    #expect(outcome.output == "", sourceLocation: location)
    #expect(try relay.recipients() == [], sourceLocation: location)
    let receipts = campaign.folder.appendingPathComponent("receipts").path
    #expect(!FileManager.default.fileExists(atPath: receipts), sourceLocation: location)
    let queue = campaign.queue.appendingPathComponent("queue.sqlite").path
    #expect(!FileManager.default.fileExists(atPath: queue), sourceLocation: location)
  }

  /// The campaign is a draft of which the spool knows nothing, and then launched like any other.
  func expectLaunch(at location: SourceLocation = #_sourceLocation) async throws {
    let before = try await CommandStatus.read(campaign)
    #expect(before.state == "draft" && before.plan == nil, sourceLocation: location)
    #expect(before.messages["total"] == 0 && before.customers.total == 0, sourceLocation: location)
    let outcome = try await EilbriefProcess.run("launch", campaign.name, "--yes", queue: campaign.queue)
    #expect(outcome.status == 0, "\(outcome.errors)", sourceLocation: location)
    #expect(
      try relay.recipients().sorted() == campaign.customers.map { "<\($0.contact)>" }.sorted(),
      sourceLocation: location)
  }
}

/// Runs `eilbrief` bound to the modes of files and folders, even when the tests run as root.
enum OrdinaryUser {
  static func run(_ arguments: String..., queue: URL) async throws -> ChildProcess.Outcome {
    try await run(arguments, queue: queue)
  }

  static func run(_ arguments: [String], queue: URL) async throws -> ChildProcess.Outcome {
    var environment = ChildProcess.plainEnvironment
    environment["EILBRIEF_QUEUE"] = queue.path
    // Still root, so that the executable is found wherever it lies, but without the right to pass over modes.
    let command =
      getuid() == 0 ? ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all"] : ["env"]
    let words = command + [try EilbriefProcess.executable().path] + arguments
    return try await ChildProcess.run(words[0], Array(words.dropFirst()), environment: environment)
  }
}
