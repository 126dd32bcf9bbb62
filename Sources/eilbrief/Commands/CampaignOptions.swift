import ArgumentParser
import Foundation
import Operations

/// The option that names the queue folder.
struct QueueOptions: ParsableArguments {
  @Option(
    name: .customLong("queue"),
    help: ArgumentHelp(
      "The queue folder, which holds the campaigns (default: $EILBRIEF_QUEUE, else ./Queue).", valueName: "dir"),
    completion: .directory)
  var path: String?

  var folder: URL {
    path.map { URL(fileURLWithPath: $0, isDirectory: true).standardizedFileURL } ?? Self.defaultFolder
  }

  /// The queue folder that the words of an unfinished command line name. The shell has not looked at them yet, and bash
  /// takes `--queue=dir` apart.
  static func folder(among words: [String]) -> URL {
    let words = words.flatMap { $0.hasPrefix("--queue=") ? ["--queue", String($0.dropFirst(8))] : [$0] }
      .filter { $0 != "=" }
    guard let option = words.firstIndex(of: "--queue"), option + 1 < words.count else { return defaultFolder }
    return URL(fileURLWithPath: NSString(string: words[option + 1]).expandingTildeInPath, isDirectory: true)
  }

  /// The queue folder when the command line does not name one.
  static var defaultFolder: URL {
    let named = ProcessInfo.processInfo.environment["EILBRIEF_QUEUE"].flatMap { $0.isEmpty ? nil : $0 }
    return URL(fileURLWithPath: named ?? "Queue", isDirectory: true).standardizedFileURL
  }
}

/// The campaign a command is about, with the queue folder it lives in.
struct CampaignOptions: ParsableArguments {
  @Argument(
    help: "The campaign: the name of its folder in the queue folder.",
    completion: .custom { words, _, _ in CampaignLocation.names(in: QueueOptions.folder(among: words)) })
  var campaign: String
  @OptionGroup var queue: QueueOptions

  var nextCommand: NextCommand { NextCommand(campaign: campaign, queue: queue.path) }

  func location() throws -> CampaignLocation { try CampaignLocation(name: campaign, queue: queue.folder) }

  func validate() throws {
    guard CampaignLocation.isName(campaign) else {
      throw ValidationError(
        "A campaign's name has letters a-z and A-Z, digits, “-” and “_”, at most 64 of them; “keys” is taken.")
    }
  }
}

/// A command about one campaign.
protocol CampaignCommand: ParsableCommand {
  var options: CampaignOptions { get }
}
