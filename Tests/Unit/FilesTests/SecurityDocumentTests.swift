import Foundation
import TestSupport
import Testing

/// Every row of docs/security.md names a test, and every test that it names is there.
@Suite struct SecurityDocumentTests {
  private let document: String

  init() throws { document = try String(contentsOf: PackageRoot.file("docs/security.md"), encoding: .utf8) }

  @Test func everyTestItNamesIsThere() throws {
    let named = document.matches(of: /`(?:([A-Za-z]+)\/)?([A-Za-z0-9]+Tests)(?:\.([A-Za-z0-9]+))?`/)
    #expect(named.count > 60)
    for match in named {
      let (module, suite, test) = (match.1.map(String.init), String(match.2), match.3)
      let files = try suites(suite).filter { path in
        module.map { path.contains("/\($0)/") || $0 == "CommandTests" && path.contains("/Command/") } ?? true
      }
      #expect(files.count == 1, "\(match.0): \(files)")
      guard let test, let file = files.first else { continue }
      #expect(try String(contentsOfFile: file, encoding: .utf8).contains("func \(test)("), "\(match.0)")
    }
  }

  @Test func everyRowNamesOne() {
    let rows = document.split(separator: "\n").filter { $0.hasPrefix("| ") && $0.hasSuffix(" |") }
      .map { $0.dropFirst(2).dropLast(2).components(separatedBy: " | ") }.filter { $0.count == 3 && $0[2] != "test" }
    #expect(rows.count > 30)
    for row in rows { #expect(row[2] == "–" || row[2].contains("`"), "\(row)") }
  }

  private func suites(_ name: String) throws -> [String] {
    let all = try FileManager.default.subpathsOfDirectory(atPath: PackageRoot.file("Tests").path)
    return all.filter { $0.hasSuffix("/\(name).swift") }.map { PackageRoot.file("Tests").path + "/" + $0 }
  }
}
