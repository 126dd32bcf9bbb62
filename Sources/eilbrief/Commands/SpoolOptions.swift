import ArgumentParser
import Foundation

/// Where campaigns live, and which one is meant.
struct SpoolOptions: ParsableArguments {
  @Option(
    name: .customLong("queue"),
    help: ArgumentHelp(
      "The folder that holds the campaigns (default: $EILBRIEF_QUEUE, else ./Queue).", valueName: "dir"))
  var queue: String?

  var folder: URL {
    queue.map { URL(fileURLWithPath: $0, isDirectory: true).standardizedFileURL } ?? Self.defaultFolder
  }

  /// Where campaigns live when the command line does not say.
  static var defaultFolder: URL {
    let named = ProcessInfo.processInfo.environment["EILBRIEF_QUEUE"].flatMap { $0.isEmpty ? nil : $0 }
    return URL(fileURLWithPath: named ?? "Queue", isDirectory: true).standardizedFileURL
  }
}

/// The campaign a command is about, with the spool it lives in.
struct CampaignOptions: ParsableArguments {
  @Argument(help: "The campaign: the name of its folder in the queue folder.")
  var campaign: String

  @OptionGroup var spool: SpoolOptions

  var folder: URL { spool.folder.appendingPathComponent(campaign, isDirectory: true) }

  func validate() throws {
    let allowed = campaign.utf8.allSatisfy {
      switch $0 {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
        true
      default: false
      }
    }
    // “keys” is the folder of the spool's keys.
    guard allowed, !campaign.isEmpty, campaign != "keys", campaign.utf8.count <= 64 else {
      throw ValidationError(
        "A campaign's name has letters a-z and A-Z, digits, “-” and “_”, at most 64 of them; “keys” is taken.")
    }
  }
}
