import ArgumentParser
import Campaigns
import Foundation
import Letters
import Mail
import Queue

/// What a launched campaign was made of, as it lies on disk now.
struct MadeFrom: ParsableArguments {
  @Option(
    name: .customLong("made-from"),
    help: ArgumentHelp(
      "The folder with campaign.yaml and templates, when it is not the campaign's own: for a spool that a rehearsal kept.",
      valueName: "dir"))
  var path: String?

  func folder(_ options: CampaignOptions) -> URL {
    path.map { URL(fileURLWithPath: $0, isDirectory: true).standardizedFileURL } ?? options.folder
  }

  static func digests(of record: CampaignRecord) throws -> InputDigests {
    try JSONDecoder().decode(InputDigests.self, from: record.plan.inputs)
  }

  /// The template files the plan was frozen with, so far as they still are the same bytes; and what became of the others.
  func frozenTemplates(
    _ options: CampaignOptions, _ inputs: InputDigests
  ) -> (files: [(path: String, bytes: [UInt8])], missing: [String]) {
    let folder = folder(options).appendingPathComponent("templates", isDirectory: true)
    let bundled = FileManager.default.fileExists(atPath: folder.path) ? nil : BundledTemplates.templateFiles
    var files: [(path: String, bytes: [UInt8])] = []
    var missing: [String] = []
    for (path, digest) in inputs.templates.sorted(by: { $0.key < $1.key }) {
      let bytes =
        bundled.map { $0.first { $0.path == path }?.bytes }
        ?? (try? Data(contentsOf: folder.appendingPathComponent(path))).map(Array.init)
      if let bytes, SHA256.digest(of: bytes).hex == digest {
        files.append((path, bytes))
      } else {
        missing.append("\(path) \(bytes == nil ? "is not there" : "changed since the launch")")
      }
    }
    return (files, missing)
  }
}
