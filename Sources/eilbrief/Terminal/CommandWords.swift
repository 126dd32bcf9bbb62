import Foundation

/// Commands as the operator is to type them next: about the same campaign, in the same queue folder.
///
/// A folder named with `--queue` is named again: without it the command would act on the campaign of that name in the
/// default folder.
struct CommandWords: Sendable {
  let campaign: String
  /// As given on the command line; nil when it was not.
  let queue: String?

  init(campaign: String, queue: String?) {
    self.campaign = campaign
    self.queue = queue
  }

  /// For what knows the folder and not how it was given.
  init(campaign: String, folder: URL) {
    self.init(campaign: campaign, queue: folder.path == SpoolOptions.defaultFolder.path ? nil : folder.path)
  }

  /// `eilbrief resolve sommer --queue KR --customer ID --resend`
  func callAsFunction(_ verb: String, _ rest: String = "") -> String {
    var words = ["eilbrief", verb, campaign]
    if let queue { words += ["--queue", Self.quoted(queue)] }
    if !rest.isEmpty { words.append(rest) }
    return words.joined(separator: " ")
  }

  /// As a shell reads it back.
  static func quoted(_ word: String) -> String {
    let isPlain = !word.isEmpty && word.allSatisfy { $0.isLetter || $0.isNumber || "/._-+,:@%".contains($0) }
    return isPlain ? word : "'" + word.replacing("'", with: "'\\''") + "'"
  }
}

extension CampaignOptions {
  var words: CommandWords { CommandWords(campaign: campaign, queue: spool.queue) }
}
