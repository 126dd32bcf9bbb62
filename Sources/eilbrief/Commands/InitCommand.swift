import ArgumentParser
import Campaigns
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
    // Made aside and moved into place whole, so that a half-made campaign never stands under its name.
    let unfinished = options.spool.folder.appendingPathComponent(".\(options.campaign).unfinished", isDirectory: true)
    do {
      try? FileManager.default.removeItem(at: unfinished)
      try write(to: unfinished)
      try FileManager.default.moveItem(at: unfinished, to: folder)
    } catch let error as CocoaError {
      try? FileManager.default.removeItem(at: unfinished)
      let cause = (error.underlying as? POSIXError).map { String(cString: strerror($0.code.rawValue)) }
      throw Failure(
        .cannotWrite,
        """
        \(folder.path): cannot be written: \(cause ?? error.localizedDescription); make room there or give this user the \
        right to write, or name another folder with --queue.
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

  private func write(to folder: URL) throws {
    let now = Date()
    let offset = TimeZone.current.secondsFromGMT(for: now)
    let today = LocalDateTime(date: now, offset: offset)
    let yesterday = LocalDateTime(date: now.addingTimeInterval(-86_400), offset: offset)
    // A working day's end, or tomorrow's when today's is near: something to change, but a true date at once.
    let deadline = LocalDateTime(date: Self.deadline(after: now), offset: offset)
    guard let happened = yesterday.day, let discovered = today.day else {
      throw Failure(.software, "the machine's clock shows no day of the calendar: \(now).")
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

  private func write(_ data: Data, to file: URL) throws {
    try data.write(to: file)
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
  }

  /// 16:00 of today, or of tomorrow when it is less than four hours away.
  static func deadline(after now: Date) -> Date {
    let calendar = Calendar.current
    let today = calendar.date(bySettingHour: 16, minute: 0, second: 0, of: now) ?? now
    return today.timeIntervalSince(now) >= 4 * 3600 ? today : today.addingTimeInterval(86_400)
  }
}
