import Files
import Foundation
import Yams

/// A syntax error of YAML in words for somebody who does not know YAML: what libyaml found, looked up in the lines it is
/// about.
///
/// libyaml tells where it could not go on. The mistake is mostly earlier: in that line, in the one where what it was
/// reading began, or in the last line before. Each of these is asked for the known mistakes; where none is found, libyaml's
/// own words are given.
struct YAMLFault {
  typealias Place = YAMLDocument.Place

  let problem: (place: Place?, message: String)

  init(_ error: YamlError, in source: YAMLSource) {
    switch error {
    case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      let at = Place(line: mark.line, column: mark.column)
      let began = context.map { Place(line: $0.mark.line, column: $0.mark.column) }
      if let found = YAMLFaultSearch(source: source, at: at, began: began, problem: problem).found {
        self.problem = found
        return
      }
      var message = "not valid YAML: \(problem)"
      if let context, context.mark.line != mark.line {
        message += " (\(context.text) that began in line \(context.mark.line))"
      }
      self.problem = (at, message + Self.hint(problem))
    case .duplicatedKeysInMapping(let names, let context):
      problem = (
        Place(line: context.mark.line, column: context.mark.column),
        "duplicate key \(names.map { QuotedText($0).description }.joined(separator: ", ")); keep one of them"
      )
    case .reader(_, let offset, let value, let yaml):
      let scalar = Unicode.Scalar(UInt32(max(0, value))).map(VisibleText.notation) ?? ""
      problem = (
        offset.map { source.place(yaml.prefix($0).unicodeScalars.count) },
        "a control character \(scalar) is not allowed here; remove it"
      )
    default: problem = (nil, "cannot be read as YAML: \(error)")
    }
  }

  private static func hint(_ problem: String) -> String {
    switch problem {
    case "mapping values are not allowed in this context":
      "; indent keys of one group alike, and put a value that holds \": \" in quotes"
    case "could not find expected ':'": "; a key needs a colon and a blank behind it"
    case "did not find expected key", "did not find expected '-' indicator":
      "; indent keys of one group alike, and put a value that begins with a special character in quotes"
    case "did not find expected ',' or '}'": "; close the brace, or put the value in quotes"
    case "did not find expected ',' or ']'": "; close the bracket, or put the value in quotes"
    default: "; put the value in quotes"
    }
  }
}
