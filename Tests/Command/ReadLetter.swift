import Foundation
import TestSupport

/// One letter as Python's `email` package reads it: a judge that is not ours. See Judges/read_letters.py.
struct ReadLetter: Decodable, Sendable {
  struct Link: Decodable, Sendable, Hashable {
    let target: String
    let text: String
  }

  let file: String
  /// Bare addresses.
  let to: [String]
  /// Cc and Bcc.
  let copies: [String]
  let from: [String]
  let senderName: String
  let replyTo: [String]
  /// Decoded.
  let subject: String?
  /// ISO 8601 with the offset of the header.
  let date: String?
  let messageId: String?
  let autoSubmitted: String?
  let returnPath: String?
  let deliveredTo: [String]
  let received: Int
  /// Names of headers that begin with X-.
  let extensionHeaders: [String]
  let type: String
  /// Leaves of the MIME tree.
  let parts: Int
  let partTypes: [String]
  let charsets: [String]
  let encodings: [String]
  let text: String?
  let html: String?
  /// What a reader of the HTML part sees, one line a block.
  let visibleHtml: String?
  let links: [Link]
  /// Bytes without the line end, headers of the relay included.
  let longestLine: Int
  let bytes: Int
  /// What Python found wrong with the message, its parts and its headers.
  let defects: [String]

  /// Every message of a Maildir or of a folder of .eml files.
  static func all(in folder: URL) async throws -> [ReadLetter] {
    guard let judge = Bundle.module.url(forResource: "read_letters", withExtension: "py", subdirectory: "Judges") else {
      throw HarnessError("Judges/read_letters.py is not among the resources of the tests")
    }
    let json = try await ChildProcess.tool("python3", [judge.path, folder.path])
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode([ReadLetter].self, from: Data(json.utf8))
  }
}
