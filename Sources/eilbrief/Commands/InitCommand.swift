import ArgumentParser
import Campaigns
import Files
import Foundation
import Letters

struct InitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Makes a campaign to start from: a commented campaign.yaml, a sample customer file, the templates.")

  @OptionGroup var options: CampaignOptions

  func run() throws {
    let folder = options.folder
    guard !FileManager.default.fileExists(atPath: folder.path) else {
      throw Failure(.cannotWrite, "\(folder.path) exists already; nothing was written. Choose another name.")
    }
    let files = try files(at: Date())
    do throws(FileError) {
      try write(files, to: folder)
    } catch {
      throw Failure(
        .cannotWrite,
        """
        \(folder.path): cannot be written: \(error.cause); make room there or give this user the right to \
        write, or name another folder with --queue.
        """)
    }
    Console.print(
      """
      Made \(folder.path):
        campaign.yaml    what happened, who sends, what each customer is told; every line is explained
        customers.csv    a sample: replace it by your own, from Excel or any spreadsheet
        templates/       the letters, German and English; remove the folder to use the bundled ones
      Next: edit campaign.yaml, then \(options.words("check"))
      """)
  }

  /// By their paths from the campaign's folder.
  private func files(at now: Date) throws -> [(path: String, bytes: [UInt8])] {
    let offset = TimeZone.current.secondsFromGMT(for: now)
    let today = LocalDateTime(date: now, offset: offset)
    let yesterday = LocalDateTime(date: now.addingTimeInterval(-86_400), offset: offset)
    // A working day's end, or tomorrow's when today's is near: something to change, but a true date at once.
    let deadline = LocalDateTime(date: Self.deadline(after: now), offset: offset)
    guard let happened = yesterday.day, let discovered = today.day else {
      throw Failure(.software, "the machine's clock shows no day of the calendar: \(now).")
    }
    let campaign = BundledTemplates.campaignFile(happened: happened, discovered: discovered, deadline: deadline)
    return [(CampaignFile.name, Array(campaign.utf8)), ("customers.csv", Array(BundledTemplates.customerFile))]
      + BundledTemplates.templateFiles.map { ("templates/\($0.path)", Array($0.bytes)) }
  }

  /// A half-made campaign never stands under its name.
  private func write(_ files: [(path: String, bytes: [UInt8])], to folder: URL) throws(FileError) {
    let campaign = try NewFolder(folder)
    do throws(FileError) {
      for file in files { try campaign.add(file.path, file.bytes) }
      try campaign.finish()
    } catch {
      campaign.discard()
      throw error
    }
  }

  /// 16:00 of today, or of tomorrow when it is less than four hours away.
  static func deadline(after now: Date) -> Date {
    let calendar = Calendar.current
    let today = calendar.date(bySettingHour: 16, minute: 0, second: 0, of: now) ?? now
    return today.timeIntervalSince(now) >= 4 * 3600 ? today : today.addingTimeInterval(86_400)
  }
}
