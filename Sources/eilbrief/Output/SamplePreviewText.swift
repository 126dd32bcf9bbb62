import Campaigns
import Preview

/// The words of `preview --sample` alone.
enum SamplePreviewText {
  static func text(_ choices: [CustomerSample.Choice], words: CommandWords) -> String {
    let lines = choices.map { choice in
      "  \(choice.customer.id): \(choice.reasons.joined(separator: ", "))\n"
        + "    \(words("preview", "--customer \(CommandWords.quoted(choice.customer.id))"))"
    }
    return """
      \(Counted.words(choices.count, "customer")) to look at, and what each is chosen for:

      \(lines.joined(separator: "\n"))

      All of them in a browser: \(words("preview", "--sample --open"))
      """
  }
}
