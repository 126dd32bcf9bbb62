import Campaigns
import Files
import Foundation
import Letters
import Queue
import Receipts

/// Where an operator wants something to be written, and whether it may be.
///
/// What a queue or one of its campaigns lives on is never written over, whatever the path is spelled like: an existing
/// file is known by device and number, so that links and other spellings are it too. A new file or folder gets no name
/// that the program would take for a part of a campaign. Fails with the kind `cannotWrite`.
struct OutputPath {
  private let location: CampaignLocation
  private let credentials: URL?

  init(_ location: CampaignLocation, credentials: URL?) {
    self.location = location
    self.credentials = credentials
  }

  /// Fails unless a new file or folder may be made there.
  ///
  /// - Parameter advice: What to do when the name is taken, as `name a new folder with --all`.
  func requireNew(_ path: String, advice: String) throws(OperatorError) {
    let place = FilePlace(path)
    guard place.kind == .nothing else {
      throw OperatorError(.cannotWrite, "\(place.path) exists already; \(advice).")
    }
    try requireUnreserved(place)
  }

  /// Fails for the names that have a meaning in a queue folder, whether something is there or not.
  func requireUnreserved(_ path: String) throws(OperatorError) { try requireUnreserved(FilePlace(path)) }

  /// Fails unless a report may be written there: a new file, an empty one, an earlier report, with `force` another file
  /// that is nobody's here, or what is no file (a device, a pipe).
  func requireReplaceable(_ place: FilePlace, force: Bool) throws(OperatorError) {
    switch place.kind {
    case .nothing: try requireUnreserved(place)
    case .stream: break
    case .folder: throw OperatorError(.cannotWrite, "\(place.path) is a folder; name a file.")
    case .link: throw OperatorError(.cannotWrite, "\(place.path) is a link that leads nowhere; name another file.")
    case .file(let size):
      let isReport = GeneratedFile.isReport(URL(fileURLWithPath: place.path))
      try requireUnreserved(place)
      if let identity = place.identity, isNeeded(identity, isReport: isReport) { throw Self.needed(place.path) }
      // Rows to be corrected may have been.
      let isOurs = isReport && !GeneratedFile.isToBeCorrected(URL(fileURLWithPath: place.path))
      guard isOurs || size == 0 || force else {
        throw OperatorError(
          .cannotWrite,
          """
          \(place.path) exists already and \(isReport ? "may have been corrected" : "is no report of eilbrief's"); nothing \
          was written. Name another file, or replace this one with --force.
          """)
      }
    }
  }

  private static func needed(_ path: String) -> OperatorError {
    OperatorError(
      .cannotWrite, "\(path) belongs to the queue folder or to a campaign and is never written over; name another file."
    )
  }

  // MARK: Names

  /// Case does not count: on some disks it does not tell two files apart.
  private func requireUnreserved(_ place: FilePlace) throws(OperatorError) {
    let queue = FilePlace(location.queue.path).canonicalPath
    guard place.canonicalPath.hasPrefix(queue + "/") else { return }
    let names = place.canonicalPath.dropFirst(queue.count + 1).lowercased().split(separator: "/").map(String.init)
    let spool = location.spool
    let isReserved =
      switch names.count {
      case 0: true
      case 1:
        [spool.keys.lastPathComponent, spool.lock.lastPathComponent, QueueFile.name].contains(names[0])
          || names[0].hasPrefix(spool.database.lastPathComponent)
      default:
        names[0] == spool.keys.lastPathComponent
          || [CampaignFile.name, ApprovalFile.name, TestLetterLog.name, "receipts", "templates"].contains(names[1])
      }
    if isReserved { throw Self.needed(place.path) }
  }

  // MARK: Files

  /// True for a file that a campaign names, such as its customer file or a key, and for one in the queue folder that is
  /// not a report.
  private func isNeeded(_ file: FileIdentity, isReport: Bool) -> Bool {
    let manager = FileManager.default
    let entries = (try? manager.contentsOfDirectory(atPath: location.queue.path)) ?? []
    for name in entries {
      let folder = location.queue.appendingPathComponent(name, isDirectory: true)
      guard let campaign = try? CampaignFile.read(folder: folder) else { continue }
      let named =
        [campaign.customers.file] + campaign.relays.flatMap(\.files) + campaign.keyFiles
      if named.contains(where: { FileIdentity($0.path) == file }) { return true }
      if let certificates = campaign.smime?.encryptTo, isBelow(certificates, depth: 1, file) { return true }
    }
    if let credentials, isBelow(credentials, depth: 1, file) { return true }
    return !isReport && isBelow(location.queue, depth: 0, file)
  }

  /// Links to folders are followed where an operator may have put one in place of a campaign or of its parts.
  private func isBelow(_ folder: URL, depth: Int, _ file: FileIdentity) -> Bool {
    let root = FilePlace(folder.path).canonicalPath
    return ((try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []).contains { name in
      let place = FilePlace("\(root)/\(name)")
      if place.identity == file { return true }
      guard place.kind == .folder, depth < 2 || place.canonicalPath == place.path, depth < 32 else { return false }
      return isBelow(URL(fileURLWithPath: place.canonicalPath, isDirectory: true), depth: depth + 1, file)
    }
  }
}
