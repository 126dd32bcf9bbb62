import ArgumentParser
import Foundation
import Operations

/// The option that names the queue folder.
struct QueueOptions: ParsableArguments {
  @Option(
    name: .customLong("queue"),
    help: ArgumentHelp(
      "The queue folder, which holds the campaigns (default: $EILBRIEF_QUEUE, else ./Queue).", valueName: "dir"))
  var path: String?

  var folder: URL {
    path.map { URL(fileURLWithPath: $0, isDirectory: true).standardizedFileURL } ?? Self.defaultFolder
  }

  /// The queue folder when the command line does not name one.
  static var defaultFolder: URL {
    let named = ProcessInfo.processInfo.environment["EILBRIEF_QUEUE"].flatMap { $0.isEmpty ? nil : $0 }
    return URL(fileURLWithPath: named ?? "Queue", isDirectory: true).standardizedFileURL
  }
}

/// The campaign a command is about, with the queue folder it lives in.
struct CampaignOptions: ParsableArguments {
  @Argument(help: "The campaign: the name of its folder in the queue folder.")
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
