import Campaigns
import Files
public import Foundation
import Letters
import Mail
import Queue

/// The folder a launched campaign was made from, as it lies on disk now: the campaign's own, or another one with the
/// campaign file and templates, for a queue folder that a rehearsal kept.
public struct SourceFolder: Sendable {
  let folder: URL

  public init(_ folder: URL) { self.folder = folder }

  var templates: URL { folder.appendingPathComponent("templates", isDirectory: true) }

  /// The template files the plan was frozen with, as far as they are still the same bytes; and what happened to the
  /// others.
  func frozenTemplates(_ inputs: InputDigests) -> (files: [(path: String, bytes: [UInt8])], missing: [String]) {
    let bundled = FileManager.default.fileExists(atPath: templates.path) ? nil : BundledTemplates.templateFiles
    var files: [(path: String, bytes: [UInt8])] = []
    var missing: [String] = []
    for (path, digest) in inputs.templates.sorted(by: { $0.key < $1.key }) {
      let bytes =
        bundled.map { $0.first { $0.path == path }?.bytes }
        ?? (try? RandomAccessFile.contents(
          of: templates.appendingPathComponent(path).path, atMost: TemplateSet.largestFile))
      if let bytes, SHA256.digest(of: bytes).hex == digest {
        files.append((path, bytes))
      } else {
        missing.append("\(path) \(bytes == nil ? "is not there" : "changed since the launch")")
      }
    }
    return (files, missing)
  }
}
