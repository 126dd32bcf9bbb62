import Campaigns
import Files
import Foundation
import Letters

/// Creates a campaign to start from: a commented campaign file, a sample customer file, the templates.
///
/// The folder appears whole or not at all; nothing is ever overwritten. Fails with the kind `cannotWrite`.
public enum CampaignScaffold {
  public static func make(_ location: CampaignLocation, _ dependencies: Dependencies) throws {
    let folder = location.folder
    guard !FileManager.default.fileExists(atPath: folder.path) else {
      throw OperatorError(.cannotWrite, "\(folder.path) exists already; nothing was written. Choose another name.")
    }
    let files = try files(at: dependencies.now, in: dependencies.timeZone)
    do throws(FileError) {
      // A half-made campaign never has the campaign's name.
      try NewFolder.write(files, to: folder)
    } catch {
      throw OperatorError(
        .cannotWrite,
        """
        \(folder.path): cannot be written: \(error.cause.description); make room there or give this user the right to \
        write, or name another folder with --queue.
        """)
    }
  }

  /// The files by their paths, relative to the campaign's folder.
  private static func files(at now: Date, in zone: TimeZone) throws -> [(path: String, bytes: [UInt8])] {
    let offset = zone.secondsFromGMT(for: now)
    let today = LocalDateTime(date: now, offset: offset)
    let yesterday = LocalDateTime(date: now.addingTimeInterval(-86_400), offset: offset)
    let end = deadline(after: now, in: zone)
    let deadline = LocalDateTime(date: end, offset: zone.secondsFromGMT(for: end))
    guard let happened = yesterday.day, let discovered = today.day else {
      throw OperatorError(.software, "the machine's clock shows no day of the calendar: \(now).")
    }
    let campaign = BundledTemplates.campaignFile(happened: happened, discovered: discovered, deadline: deadline)
    return [(CampaignFile.name, Array(campaign.utf8)), ("customers.csv", Array(BundledTemplates.customerFile))]
      + BundledTemplates.templateFiles.map { ("templates/\($0.path)", Array($0.bytes)) }
  }

  /// The end of a working day: 16:00 of today, or of tomorrow when it is less than four hours away.
  static func deadline(after now: Date, in zone: TimeZone) -> Date {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = zone
    let today = calendar.date(bySettingHour: 16, minute: 0, second: 0, of: now) ?? now
    return today.timeIntervalSince(now) >= 4 * 3600 ? today : today.addingTimeInterval(86_400)
  }
}
