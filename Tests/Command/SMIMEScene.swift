import Foundation
import TestSupport

/// A campaign that signs as support@kanzlei-it.example.
struct SMIMEScene {
  let campaign: TestCampaign
  let folder: TemporaryFolder
  let authority: MailAuthority
  let issued: MailAuthority.Issued
  static let customers = GeneratedCustomer.customers(6, seed: 51)
  static let names = ["email:support@kanzlei-it.example"]
  var queue: URL { campaign.queue }
  var first: String { campaign.customers[0].id }

  init(in queue: URL, port: Int = 1) async throws {
    try await self.init(
      TestCampaign(
        in: queue, customers: Self.customers,
        relay: ["name: main", "url: \"smtp://127.0.0.1:\(port)\"", "tls: none"]))
  }

  init(_ campaign: TestCampaign) async throws {
    self.campaign = campaign
    folder = try TemporaryFolder()
    authority = try await MailAuthority(in: folder.url)
    issued = try await authority.issue("sender", names: Self.names)
    try put(issued)
    try campaign.write(
      yaml: campaign.yaml() + "dkim: relay\nsmime: {certificate_file: smime.pem, key_file: smime.key}\n")
  }

  func url(_ name: String) -> URL { campaign.folder.appendingPathComponent(name) }

  func put(_ issued: MailAuthority.Issued) throws {
    try put(issued.chain, "smime.pem")
    try put(issued.key, "smime.key")
  }

  func put(_ file: URL, _ name: String) throws {
    try Data(contentsOf: file).write(to: url(name))
    chmod(url(name).path, 0o600)
  }

  func run(_ command: String, _ more: String..., queue: URL? = nil) async throws -> ChildProcess.Outcome {
    try await ChildProcess.run(
      try EilbriefProcess.executable().path,
      command.split(separator: " ").map(String.init) + [campaign.name] + more
        + ["--queue", (queue ?? self.queue).path])
  }
}
