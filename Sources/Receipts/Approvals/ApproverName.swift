import Foundation

/// The name of a person who approves a campaign, as it was typed: a line of 1 to 100 characters with a letter in it.
///
/// Kept trimmed, in NFC, with one space between words. Nothing invisible, nothing that turns the direction of writing,
/// and no address: the receipts hold none. Nobody checks that the name is the person's own. Fails with
/// ``ApproverNameError``.
public struct ApproverName: Sendable, Hashable, CustomStringConvertible {
  public let text: String

  public init(_ typed: String) throws(ApproverNameError) {
    var words: [String] = []
    var word = String.UnicodeScalarView()
    for scalar in typed.precomposedStringWithCanonicalMapping.unicodeScalars {
      if scalar.properties.generalCategory == .spaceSeparator {
        if !word.isEmpty { words.append(String(word)) }
        word.removeAll()
      } else {
        if let fault = Self.fault(of: scalar) { throw ApproverNameError(fault) }
        word.append(scalar)
      }
    }
    if !word.isEmpty { words.append(String(word)) }
    let text = words.joined(separator: " ")
    guard !text.isEmpty else { throw ApproverNameError("it is empty") }
    guard text.unicodeScalars.count <= 100 else { throw ApproverNameError("it has more than 100 characters") }
    guard text.unicodeScalars.contains(where: \.properties.isAlphabetic) else {
      throw ApproverNameError("it has no letter in it")
    }
    self.text = text
  }

  public var description: String { text }

  /// Equal for names that people read as the same: neither case counts, nor the width of a character or a ligature.
  public var key: String {
    // Upper case first: it makes “ß” what “SS” becomes.
    text.precomposedStringWithCompatibilityMapping.uppercased().lowercased().precomposedStringWithCompatibilityMapping
  }

  private static func fault(of scalar: Unicode.Scalar) -> String? {
    if scalar == "@" { return "“@” stands in it: write a name and not an address, for the receipts hold none" }
    let isInvisible =
      switch scalar.properties.generalCategory {
      case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: true
      default: scalar.properties.isDefaultIgnorableCodePoint
      }
    guard isInvisible else { return nil }
    let hex = String(scalar.value, radix: 16, uppercase: true)
    return "U+\(String(repeating: "0", count: max(0, 4 - hex.utf8.count)))\(hex) stands in it, which cannot be seen"
  }
}

/// The reason a text is not an approver's name. An English clause.
public struct ApproverNameError: Error, Sendable, Hashable, CustomStringConvertible {
  public let description: String

  init(_ description: String) { self.description = description }
}

extension StrictJSONReader.Value {
  func approver() throws(ReceiptSyntaxError) -> ApproverName {
    let text = try text()
    do throws(ApproverNameError) {
      let approver = try ApproverName(text)
      if approver.text == text { return approver }
    } catch {
      throw ReceiptSyntaxError("“\(name)” is not an approver's name: \(error)")
    }
    throw ReceiptSyntaxError("“\(name)” is not an approver's name as it is written")
  }
}
