import Campaigns
public import Foundation
import Queue
import Receipts
import Reports

/// The files of a campaign's folder that a purge removes, and those that it leaves to the operator.
///
/// It removes the customer file and what eilbrief itself wrote there, known by its form: previews, reports, call lists,
/// kept rehearsals, mails that came back. It leaves campaign file, approvals, test letters' lines, templates, receipts, passwords and certificates, without naming
/// them. All other files are named and left alone. Nothing outside the folder is ever removed, and no link is followed.
public struct PurgeFiles: Sendable {
  /// The campaign's folder itself, where it may be a link.
  public let root: URL
  public private(set) var removed: [(url: URL, what: String)] = []
  public private(set) var leftAlone: [(path: String, why: String)] = []

  /// - Parameter campaign: Nil when the campaign file cannot be read: then it is unknown which file has the customers.
  static func find(_ folder: URL, campaign: Campaign?, in spool: URL) -> PurgeFiles {
    let root = folder.resolvingSymlinksInPath()
    var files = PurgeFiles(root: root)
    var known = Set(
      [CampaignFile.name, ApprovalFile.name, TestLetterLog.name, "receipts", "templates"].map { root.path + "/" + $0 })
    if let campaign {
      let settings = campaign.relays.flatMap(\.files) + campaign.keyFiles
      known.formUnion(settings.map { $0.resolvingSymlinksInPath().path })
      files.addCustomerFile(campaign.customers.file, needed: others(than: root, in: spool))
      known.insert(campaign.customers.file.resolvingSymlinksInPath().path)
    } else {
      files.leftAlone.append((root.path, "campaign.yaml cannot be read: look for the customer file yourself"))
    }
    files.walk(root, known)
    return files
  }

  private mutating func addCustomerFile(_ file: URL, needed: Set<String>) {
    let real = file.resolvingSymlinksInPath()
    guard FileManager.default.fileExists(atPath: real.path) else { return }
    if !real.path.hasPrefix(root.path + "/") {
      leftAlone.append((real.path, "the customer file, outside the campaign's folder: remove it yourself"))
    } else if needed.contains(real.path) {
      leftAlone.append((real.path, "the customer file, which another campaign uses as well"))
    } else {
      removed.append((real, "the customer file"))
    }
  }

  /// The customer files of the other campaigns in the queue folder.
  private static func others(than root: URL, in spool: URL) -> Set<String> {
    let folders = (try? FileManager.default.contentsOfDirectory(at: spool, includingPropertiesForKeys: nil)) ?? []
    return Set(
      folders.filter { $0.resolvingSymlinksInPath() != root }.compactMap { folder in
        try? CampaignFile.read(folder: folder).customers.file.resolvingSymlinksInPath().path
      })
  }

  private mutating func walk(_ folder: URL, _ known: Set<String>) {
    let manager = FileManager.default
    let names = (try? manager.contentsOfDirectory(atPath: folder.path).sorted()) ?? []
    for name in names {
      let file = folder.appendingPathComponent(name)
      if known.contains(file.path) { continue }
      switch (try? manager.attributesOfItem(atPath: file.path))?[.type] as? FileAttributeType {
      case .typeDirectory where Self.isKeptRehearsal(file):
        for case let inner as URL in manager.enumerator(at: file, includingPropertiesForKeys: nil) ?? .init()
        where (try? manager.attributesOfItem(atPath: inner.path))?[.type] as? FileAttributeType == .typeRegular {
          removed.append((inner, "of a kept rehearsal"))
        }
      case .typeDirectory: walk(file, known)
      case .typeRegular:
        if BounceArchive.holds(file, below: root) {
          removed.append((file, "a report that came back"))
        } else if let what = GeneratedFile.kind(of: file) {
          removed.append((file, what))
        } else {
          leftAlone.append((file.path, "not of eilbrief's making: look whether it holds personal data"))
        }
      default: leftAlone.append((file.path, "not a file of its own: look where it leads"))
      }
    }
  }

  /// True for what `rehearse --keep` makes: a queue folder with its letters, and no campaign that could be resumed.
  private static func isKeptRehearsal(_ folder: URL) -> Bool {
    let manager = FileManager.default
    let names = Set((try? manager.contentsOfDirectory(atPath: folder.path)) ?? [])
    return names.isSuperset(of: ["queue.sqlite", "letters"])
      && names.allSatisfy {
        !manager.fileExists(atPath: folder.appendingPathComponent($0).appendingPathComponent(CampaignFile.name).path)
      }
  }
}
