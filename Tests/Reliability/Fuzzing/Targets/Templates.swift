import Campaigns
import Mail

@testable import Letters

/// A template as each kind of file; what is taken is rendered for a customer, in both ways, which must agree.
struct Templates: FuzzTarget {
  private static let parts = ["subject", "txt", "html"]

  func run(_ bytes: [UInt8]) {
    let place = Int(bytes.first ?? 0) % Self.parts.count
    let source = Array(bytes.dropFirst())
    let files = Self.parts.enumerated().map { index, part in
      ("password-change/de.\(part).mustache", index == place ? source : Array("Text".utf8))
    }
    do throws(TemplateError) {
      let templates = try TemplateSet(files: files, origin: "templates/", isBundled: false)
      let renderer = try LetterRenderer(
        campaign: Samples.campaign, templates: templates, date: Samples.date, codes: Samples.codes)
      let letter = try? renderer.letter("password-change", for: Samples.customer)
      let plain = try? renderer.plainLetter("password-change", for: Samples.customer)
      // A letter with an empty value is only found by the first way.
      if let letter { precondition(letter == plain, "the two ways of rendering differ") }
    } catch {
      _ = error.description
    }
  }
}
