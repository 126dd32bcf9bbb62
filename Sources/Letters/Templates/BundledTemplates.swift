import CTemplates
public import Campaigns

/// The files of `Templates/`, bundled in the program: the templates and the files `init` starts from.
///
/// They are byte for byte the files of the source tree; nothing is read from disk and nothing can fail.
public enum BundledTemplates {
  /// Paths relative to `Templates/`, such as `password-change/de.txt.mustache`, in their order.
  public static let files: [(path: String, bytes: [UInt8])] = (0..<bundled_file_count()).map { index in
    let file = bundled_file_at(index)
    return (String(cString: file.path), Array(UnsafeBufferPointer(start: file.bytes, count: file.length)))
  }

  /// The files that `init` copies into a campaign's `templates/` folder: letters and the script for calls, paths
  /// relative to that folder.
  public static var templateFiles: [(path: String, bytes: [UInt8])] { files.filter { $0.path.hasSuffix(".mustache") } }

  /// `campaign.yaml` of a new campaign, with the three dates that `init` knows better than the source tree.
  ///
  /// The deadline keeps the offset with which it is given.
  public static func campaignFile(
    happened: CalendarDate, discovered: CalendarDate, deadline: LocalDateTime
  ) -> String {
    text(of: "init/campaign.yaml").split(separator: "\n", omittingEmptySubsequences: false).map { line in
      if line.hasPrefix("  happened: ") { return "  happened: \(happened)" }
      if line.hasPrefix("  discovered: ") { return "  discovered: \(discovered)" }
      if line.hasPrefix("deadline: ") { return "deadline: \(deadline)" }
      return String(line)
    }.joined(separator: "\n")
  }

  /// The sample customer file of a new campaign: UTF-8, semicolons.
  public static var customerFile: [UInt8] { bytes(of: "init/customers.csv") }

  private static func text(of path: String) -> String { String(decoding: bytes(of: path), as: UTF8.self) }

  private static func bytes(of path: String) -> [UInt8] {
    guard let file = files.first(where: { $0.path == path }) else {
      preconditionFailure("the program was built without \(path)")
    }
    return file.bytes
  }
}
