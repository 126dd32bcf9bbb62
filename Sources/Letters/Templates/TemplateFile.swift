import Foundation
import Mail
import Mustache

/// One template file, read and checked: `<template>/<language>.<subject|txt|html>.mustache`.
///
/// Holds the parsed template and the places of its tags. Reading fails with every fault of the file at once: not UTF-8,
/// control characters, tags that are not allowed, unknown names, and faults found by swift-mustache itself.
struct TemplateFile: Sendable {
  let template: String
  let language: String
  let part: LetterPart
  /// The file's name in errors.
  let file: String
  /// The digest over the bytes of the file as they are on disk.
  let digest: SHA256Digest
  let tags: [TemplateTag]
  let mustache: MustacheTemplate

  /// The language and part that a file name of a template folder gives; nil for a name that is not
  /// `<language>.<part>.mustache`.
  static func parts(of name: String) -> (language: String, part: LetterPart)? {
    let parts = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 3, parts[2] == "mustache", let part = LetterPart(rawValue: parts[1]),
      parts[0].utf8.count == 2, parts[0].utf8.allSatisfy({ (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) })
    else { return nil }
    return (parts[0], part)
  }

  init(template: String, language: String, part: LetterPart, bytes: [UInt8], file: String) throws(TemplateError) {
    self.template = template
    self.language = language
    self.part = part
    self.file = file
    digest = SHA256.digest(of: bytes)
    let source = try Self.text(of: bytes, file: file)
    let scan = TemplateTag.scan(source, file: file)
    let variables = TemplateKind(template: template).variables
    let unknown = scan.tags.compactMap { tag in
      LetterVariables.fault(of: tag, in: variables).map {
        TemplateError.Fault(file: file, line: tag.line, column: tag.column, message: $0)
      }
    }
    let faults = (scan.faults + unknown).sorted { ($0.line ?? 0, $0.column ?? 0) < ($1.line ?? 0, $1.column ?? 0) }
    guard faults.isEmpty else { throw TemplateError(faults) }
    tags = scan.tags
    do {
      mustache = try MustacheTemplate(string: LetterEscaping.pragma(for: part) + source)
    } catch let error as MustacheTemplate.ParserError {
      // The pragma is a line of its own before the source.
      throw TemplateError([
        .init(
          file: file, line: error.context.lineNumber - 1, column: error.context.columnNumber,
          message: "this is not Mustache: \(error.error)")
      ])
    } catch {
      throw TemplateError(file: file, message: "this is not Mustache: \(error)")
    }
  }

  /// The source text with `\n` line ends and without a byte order mark.
  private static func text(of bytes: [UInt8], file: String) throws(TemplateError) -> String {
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let content = bytes.starts(with: mark) ? bytes.dropFirst(3) : bytes[...]
    var line = 1
    var lines: [UInt8] = []
    lines.reserveCapacity(content.count)
    for (index, byte) in zip(content.indices, content) {
      if byte == UInt8(ascii: "\r"), index + 1 < content.endIndex, content[index + 1] == UInt8(ascii: "\n") { continue }
      guard byte >= 0x20 && byte != 0x7F || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\t") else {
        throw TemplateError([
          .init(
            file: file, line: line, column: nil,
            message: "there is a control character in this line; remove it, or save the file as UTF-8")
        ])
      }
      if byte == UInt8(ascii: "\n") { line += 1 }
      lines.append(byte)
    }
    guard let text = String(validating: lines, as: UTF8.self) else {
      let valid = lines.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        .prefix { String(validating: $0, as: UTF8.self) != nil }.count
      throw TemplateError([
        .init(file: file, line: valid + 1, column: nil, message: "this line is not UTF-8; save the file as UTF-8")
      ])
    }
    if let turning = text.unicodeScalars.firstIndex(where: \.turnsDirection) {
      throw TemplateError([
        .init(
          file: file, line: text[..<turning].utf8.count { $0 == UInt8(ascii: "\n") } + 1, column: nil,
          message: "there is an invisible character in this line that turns the direction of the writing behind it; "
            + "remove it")
      ])
    }
    return text
  }

  /// The tag that prints `name` without a section that asks for it; `name` may be the whole path of a shorter tag.
  func unguardedTag(printing name: String) -> TemplateTag? {
    let names = { (tag: String) in tag == name || name.hasSuffix("." + tag) }
    return tags.first { tag in
      tag.kind == .variable && names(tag.name) && !tag.enclosing.contains { !$0.inverted && names($0.name) }
    }
  }
}

/// The faults of the letter templates of a campaign: all that were found, not only the first one.
///
/// A user mistake, never a fault of the program. The description has one line per fault:
/// `FILE:LINE:COLUMN: what is wrong and what to do`, without line and column where a whole file or folder is meant.
public struct TemplateError: Error, Sendable, Hashable, CustomStringConvertible {
  public struct Fault: Sendable, Hashable, CustomStringConvertible {
    /// The path as the operator can open it; bundled templates begin with `bundled:`.
    public let file: String
    /// The line, counted from 1; nil when the whole file is meant.
    public let line: Int?
    /// The column, counted from 1, in characters (Unicode scalars); nil when the whole line or file is meant.
    public let column: Int?
    public let message: String

    public var description: String {
      ([file] + [line, column].compactMap { $0.map(String.init) }).joined(separator: ":") + ": " + message
    }
  }

  /// The faults, at least one; sorted by file, then by line.
  public let faults: [Fault]

  init(_ faults: [Fault]) { self.faults = faults }

  init(file: String, message: String) {
    self.init([Fault(file: file, line: nil, column: nil, message: message)])
  }

  public var description: String { faults.map(\.description).joined(separator: "\n") }
}
