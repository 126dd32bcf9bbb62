import Foundation
import TestSupport
import Testing

/// Every test that docs/security.md names is there.
@Suite struct SecurityDocumentTests {
  @Test func everyTestItNamesIsThere() throws {
    let document = try String(contentsOf: PackageRoot.file("docs/security.md"), encoding: .utf8)
    let named = Set(
      document.matches(of: /`([A-Za-z0-9]+Tests)(?:\.([A-Za-z0-9]+))?`/).map { ($0.1, $0.2) }.map {
        "\($0.0) \($0.1 ?? "")"
      })
    #expect(named.count > 40)
    var suites: [String: String] = [:]
    let files = try #require(
      FileManager.default.enumerator(at: PackageRoot.file("Tests"), includingPropertiesForKeys: nil))
    for case let file as URL in files where file.pathExtension == "swift" {
      // Two modules may have a suite of the same name.
      suites[file.deletingPathExtension().lastPathComponent, default: ""] += try String(
        contentsOf: file, encoding: .utf8)
    }
    for name in named {
      let parts = name.split(separator: " ")
      let suite = suites[String(parts[0])]
      #expect(suite != nil, "\(name)")
      if parts.count > 1 { #expect(suite?.contains("func \(parts[1])(") == true, "\(name)") }
    }
  }
}
