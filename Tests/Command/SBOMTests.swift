import Foundation
import TestSupport
import Testing

/// The list of what the program is made of, compared with the manifest and with the packages installed.
@Suite struct SBOMTests {
  private struct Document: Decodable {
    struct Component: Decodable {
      var name: String
      var version: String
      var purl: String?
    }
    var bomFormat, specVersion, serialNumber: String
    var components: [Component]
  }

  @Test func everyDependencyIsInItWithItsVersion() async throws {
    let folder = PackageRoot.folder
    let makefile = try String(contentsOf: PackageRoot.file("Makefile"), encoding: .utf8)
    let line = try #require(makefile.split(separator: "\n").first { $0.hasPrefix("BUILD_PACKAGES := ") })
    let packages = line.split(separator: " ").dropFirst(2).map(String.init)
    func made() async throws -> String {
      try await ChildProcess.tool(PackageRoot.file(".ci/sbom").path, packages, folder: folder)
    }
    let text = try await made()
    #expect(try await made() == text)
    let document = try JSONDecoder().decode(Document.self, from: Data(text.utf8))
    #expect(document.bomFormat == "CycloneDX" && document.specVersion == "1.6")
    #expect(document.serialNumber.hasPrefix("urn:uuid:"))
    let manifest = try String(contentsOf: PackageRoot.file("Package.swift"), encoding: .utf8)
    let named = manifest.matches(of: /\.package\(url: "https:\/\/([^"]+)"/).map { String($0.1) }
    #expect(named.count >= 6)
    for place in named {
      #expect(document.components.contains { $0.purl?.hasPrefix("pkg:swift/\(place)@") == true }, "\(place)")
    }
    for library in [
      "libcurl4", "libssl3", "libsqlite3-0", "libidn2-0", "libpsl5", "zlib1g", "libzip4", "libexpat1", "libgmime-3.0-0",
      "libpq5", "tzdata", "libc6",
    ] {
      let version = try await ChildProcess.tool("dpkg-query", ["--show", "--showformat", "${Version}", library])
      #expect(document.components.first { $0.name == library }?.version == version, "\(library)")
    }
    #expect(document.components.contains { $0.name == "swift" })
  }
}
