public import Bounces
import Files

/// What came of one letter by one mail: the result of `bounces explain`.
public struct BounceExplanation: Sendable, Hashable {
  /// The file that the mail is in.
  public let file: String
  public let report: RecipientReport

  /// Judges every mail of `paths`, each a mail, an mbox or a folder, and calls `body` for each recipient, until it returns
  /// false.
  ///
  /// - Returns: why files could not be read; the others were judged all the same.
  public static func run(_ paths: [String], _ body: (BounceExplanation) throws -> Bool) throws -> [OperatorError] {
    var failures: [OperatorError] = []
    var wantsMore = true
    for path in paths where wantsMore {
      do throws(any Error) {
        try MailFiles.forEachMail(at: path) { file, mail in
          guard wantsMore else { return }
          for report in BounceJudge.reports(on: mail) where wantsMore {
            wantsMore = try body(BounceExplanation(file: file, report: report))
          }
        }
      } catch let error as FileError {
        failures.append(OperatorError(.cannotWrite, "\(error)"))
      }
    }
    return failures
  }
}
