import Campaigns
import Foundation
import Letters

/// Makes a campaign to start from: a commented campaign file, a sample customer file, the templates.
///
/// The folder appears whole or not at all; nothing is ever overwritten. Fails with the kind `cannotWrite`.
public enum CampaignScaffold {
  public static func make(_ location: CampaignLocation, _ dependencies: Dependencies) throws {
    let folder = location.folder
    guard !FileManager.default.fileExists(atPath: folder.path) else {
      throw OperatorError(.cannotWrite, "\(folder.path) exists already; nothing was written. Choose another name.")
    }
    // Made aside and moved into place whole, so that a half-made campaign never stands under its name.
    let unfinished = location.queue.appendingPathComponent(".\(location.name).unfinished", isDirectory: true)
    do {
      try? FileManager.default.removeItem(at: unfinished)
      try write(to: unfinished, at: dependencies.now, in: dependencies.timeZone)
      try FileManager.default.moveItem(at: unfinished, to: folder)
    } catch let error as CocoaError {
      try? FileManager.default.removeItem(at: unfinished)
      let cause = (error.underlying as? POSIXError).map { String(cString: strerror($0.code.rawValue)) }
      throw OperatorError(
        .cannotWrite,
        """
        \(folder.path): cannot be written: \(cause ?? error.localizedDescription); make room there or give this user the \
        right to write, or name another folder with --queue.
        """)
    }
  }

  private static func write(to folder: URL, at now: Date, in zone: TimeZone) throws {
    let offset = zone.secondsFromGMT(for: now)
    let today = LocalDateTime(date: now, offset: offset)
    let yesterday = LocalDateTime(date: now.addingTimeInterval(-86_400), offset: offset)
    let end = deadline(after: now, in: zone)
    let deadline = LocalDateTime(date: end, offset: zone.secondsFromGMT(for: end))
    guard let happened = yesterday.day, let discovered = today.day else {
      throw OperatorError(.software, "the machine's clock shows no day of the calendar: \(now).")
    }
    let private700: [FileAttributeKey: Any] = [.posixPermissions: 0o700]
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true, attributes: private700)
    let campaign = BundledTemplates.campaignFile(happened: happened, discovered: discovered, deadline: deadline)
    try write(Data(campaign.utf8), to: folder.appendingPathComponent(CampaignFile.name))
    try write(Data(BundledTemplates.customerFile), to: folder.appendingPathComponent("customers.csv"))
    for file in BundledTemplates.templateFiles {
      let target = folder.appendingPathComponent("templates/\(file.path)")
      try FileManager.default.createDirectory(
        at: target.deletingLastPathComponent(), withIntermediateDirectories: true, attributes: private700)
      try write(Data(file.bytes), to: target)
    }
  }

  private static func write(_ data: Data, to file: URL) throws {
    try data.write(to: file)
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
  }

  /// A working day's end: 16:00 of today, or of tomorrow when it is less than four hours away.
  static func deadline(after now: Date, in zone: TimeZone) -> Date {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = zone
    let today = calendar.date(bySettingHour: 16, minute: 0, second: 0, of: now) ?? now
    return today.timeIntervalSince(now) >= 4 * 3600 ? today : today.addingTimeInterval(86_400)
  }
}
