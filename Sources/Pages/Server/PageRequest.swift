import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Reports

/// A request as the pages need it.
struct PageRequest: Sendable {
  let method: HTTPRequest.Method
  /// Decoded: `/campaigns/sommer`
  let path: String
  /// The first of each name.
  let query: [String: String]
  /// All values of each name: a browser sends the one for the longest path first.
  let cookies: [String: [String]]
  let fields: HTTPFields

  static let mostBody = 16 * 1024

  init(_ head: HTTPRequest) {
    method = head.method
    fields = head.headerFields
    let target = head.path ?? "/"
    let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    path = String(parts[0]).removingPercentEncoding ?? "/"
    query = parts.count > 1 ? Self.pairs(String(parts[1])) ?? [:] : [:]
    var cookies: [String: [String]] = [:]
    for line in head.headerFields[values: .cookie] {
      for pair in line.split(separator: ";") {
        let halves = pair.split(separator: "=", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
        if halves.count == 2, !halves[0].isEmpty { cookies[halves[0], default: []].append(halves[1]) }
      }
    }
    self.cookies = cookies
  }

  /// The form in the body; nil when it is none. Fails for one that is too large.
  func form(_ request: Request) async throws -> [String: String]? {
    let type = fields[.contentType]?.split(separator: ";").first?.trimmingCharacters(in: .whitespaces).lowercased()
    let body = try await request.body.collect(upTo: Self.mostBody)
    guard type == "application/x-www-form-urlencoded" else { return nil }
    return Self.pairs(String(buffer: body))
  }

  /// `a=b&c=d` (WHATWG URL, 5.1); nil for what is no UTF-8, or has a name twice.
  private static func pairs(_ text: String) -> [String: String]? {
    var pairs: [String: String] = [:]
    for part in text.split(separator: "&") {
      let halves = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map {
        $0.replacing("+", with: " ").removingPercentEncoding
      }
      guard let name = halves[0], let value = halves.count > 1 ? halves[1] : "", pairs[name] == nil else { return nil }
      pairs[name] = value
    }
    return pairs
  }

  /// As the person chose, or as the browser asks for.
  var language: DocumentLanguage {
    if let chosen = cookies["language"]?.first.flatMap(DocumentLanguage.init) { return chosen }
    let wanted = (fields[.acceptLanguage] ?? "").split(separator: ",").compactMap {
      item -> (DocumentLanguage, Double)? in
      let parts = item.split(separator: ";").map { $0.trimmingCharacters(in: .whitespaces).lowercased() }
      guard let name = parts.first, let language = DocumentLanguage(rawValue: String(name.prefix(2))) else {
        return nil
      }
      let weight = parts.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) } ?? 1
      return (language, weight)
    }
    return wanted.max { $0.1 < $1.1 }?.0 ?? .english
  }
}
