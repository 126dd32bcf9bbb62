public import Foundation
import Queue

/// The campaign that an operation is about, by its name and the queue folder it lies in.
///
/// The name is fit for a folder: making a location of any other name fails with an ``OperatorError`` of the kind
/// `usage`.
public struct CampaignLocation: Sendable, Hashable {
  public let name: String
  /// The queue folder: it holds the store and a folder for each campaign.
  public let queue: URL

  public init(name: String, queue: URL) throws(OperatorError) {
    guard Self.isName(name) else {
      throw OperatorError(
        .usage, "“\(name)” cannot be a campaign's name: letters a-z and A-Z, digits, “-” and “_”, at most 64 of them.")
    }
    self.name = name
    self.queue = queue
  }

  /// The campaign's folder: `campaign.yaml`, the customer file, templates, receipts.
  public var folder: URL { queue.appendingPathComponent(name, isDirectory: true) }
  var spool: Spool { Spool(folder: queue) }
  var templates: URL { folder.appendingPathComponent("templates", isDirectory: true) }

  /// The names of the campaigns that lie in a queue folder, sorted: folders with a campaign file, or with receipts. Empty
  /// where it cannot be read.
  public static func names(in queue: URL) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: queue.path)) ?? []
    return names.filter { name in
      isName(name)
        && ["campaign.yaml", "receipts"].contains {
          FileManager.default.fileExists(atPath: queue.appendingPathComponent("\(name)/\($0)").path)
        }
    }.sorted()
  }

  /// The same name in another queue folder, such as that of a rehearsal.
  func inQueue(_ other: URL) -> CampaignLocation { CampaignLocation(checkedName: name, queue: other) }

  private init(checkedName: String, queue: URL) {
    name = checkedName
    self.queue = queue
  }

  /// True for letters a-z and A-Z, digits, `-` and `_`, 1 to 64 of them; `keys` is the folder of the queue's keys.
  public static func isName(_ text: String) -> Bool {
    let allowed = text.utf8.allSatisfy {
      switch $0 {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
        true
      default: false
      }
    }
    return allowed && !text.isEmpty && text != "keys" && text.utf8.count <= 64
  }
}
