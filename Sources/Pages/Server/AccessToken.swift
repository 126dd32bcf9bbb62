import Files
import Foundation
import Mail
import Operations

/// A secret that lets somebody in: 64 hexadecimal digits in a file of the queue folder that its owner alone can read.
///
/// Made at the first start and kept; whoever removes the file gets a new one at the next start, and everybody is asked again.
public struct AccessToken: Sendable, Hashable {
  /// Opens everything: for the operator and the callers.
  public static let fileName = "page-token"
  /// Opens the metrics alone: for a monitoring system.
  public static let metricsFileName = "metrics-token"

  private let text: String

  init(text: String) { self.text = text }

  /// Fails with the kind `cannotWrite`.
  static func keep(_ name: String, in queue: URL, randomBytes: (Int) -> [UInt8]) throws(OperatorError) -> AccessToken {
    let file = queue.appendingPathComponent(name)
    let kept: [UInt8]?
    let text = randomBytes(32).map { String(UInt16($0) + 256, radix: 16).dropFirst() }.joined()
    do throws(FileError) {
      kept = try DurableFile.read(file)
      if kept == nil { try DurableFile.replace(file, with: Array((text + "\n").utf8)) }
    } catch {
      throw OperatorError(.cannotWrite, "a token of the status page: \(error)")
    }
    guard let kept else { return AccessToken(text: text) }
    let mode = try? FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int
    guard let mode, mode & 0o077 == 0 else {
      throw OperatorError(
        .cannotWrite, "\(file.path) may be read by others: remove it, and a new token is made.")
    }
    let found = String(decoding: kept, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    guard found.count == 64, found.allSatisfy({ $0.isASCII && $0.isHexDigit }) else {
      throw OperatorError(
        .cannotWrite, "\(file.path) is not a token of 64 hexadecimal digits; remove it, and a new one is made.")
    }
    return AccessToken(text: found)
  }

  /// Compares in a time that tells nothing of where they differ.
  func matches(_ other: some StringProtocol) -> Bool {
    let (mine, theirs) = (Array(text.utf8), Array(other.utf8))
    guard mine.count == theirs.count else { return false }
    return zip(mine, theirs).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
  }

  /// What a browser keeps: made from the token, which cannot be made from it.
  var cookie: String { SHA256.digest(of: Array("eilbrief status page \(text)".utf8)).hex }
  /// Whether a browser has what it was given.
  func isCookie(_ other: some StringProtocol) -> Bool { AccessToken(text: cookie).matches(other) }
}
