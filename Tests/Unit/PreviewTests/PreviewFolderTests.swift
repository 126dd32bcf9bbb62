import Foundation
import Preview
import TestSupport
import Testing

/// Where previews go: to their owner alone, and never into what is there already.
@Suite struct PreviewFolderTests {
  private func mode(_ file: URL) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int
  }

  @Test func aNewFolderIsForItsOwnerAlone() throws {
    let folder = try TemporaryFolder()
    let made = try PreviewFolder.makeNew("\(folder.url.path)/above/../pictures/summer")
    #expect(made.path == "\(folder.url.path)/pictures/summer")
    for place in [made, made.deletingLastPathComponent()] { #expect(try mode(place) == 0o700) }
  }

  @Test(arguments: [true, false])
  func whatIsThereIsRefused(isFolder: Bool) throws {
    let folder = try TemporaryFolder()
    let there = folder.url.appending(path: "there")
    if isFolder { try PreviewFolder.make(there) } else { try folder.write("x".utf8, to: "there") }
    #expect(throws: PreviewError.folderExists(there.path)) { try PreviewFolder.makeNew(there.path) }
  }

  @Test func aFolderForPagesMayBeThere() throws {
    let folder = try TemporaryFolder()
    let pages = PreviewFolder.pages(of: folder.url)
    #expect(pages.lastPathComponent == "preview")
    try PreviewFolder.make(pages)
    try PreviewFolder.write("a".utf8, to: "a.html", in: pages)
    try PreviewFolder.make(pages)
    #expect(try String(contentsOf: pages.appending(path: "a.html"), encoding: .utf8) == "a")
  }

  @Test func aFileIsForItsOwnerAloneAndReplaced() throws {
    let folder = try TemporaryFolder()
    try folder.write("a longer text".utf8, to: "a.eml", mode: 0o644)
    try PreviewFolder.write("short".utf8, to: "a.eml", in: folder.url)
    let file = folder.url.appending(path: "a.eml")
    #expect(try String(contentsOf: file, encoding: .utf8) == "short")
    #expect(try mode(file) == 0o600)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["a.eml"])
  }

  @Test func errorsSayWhere() throws {
    let folder = try TemporaryFolder()
    try folder.write("x".utf8, to: "file")
    let below = folder.url.appending(path: "file/below")
    let made = #expect(throws: PreviewError.self) { try PreviewFolder.make(below) }
    #expect("\(try #require(made))".hasPrefix("\(below.path): cannot be made: "))
    let nowhere = folder.url.appending(path: "nowhere")
    let written = #expect(throws: PreviewError.self) { try PreviewFolder.write("x".utf8, to: "a.eml", in: nowhere) }
    #expect("\(try #require(written))".hasPrefix("\(nowhere.path)/a.eml: cannot be written: "))
  }

  @Test(arguments: [
    ("1001", "1001"), ("a-B_9", "a-B_9"), ("77/ä", "77%2F%C3%A4"), ("..", "%2E%2E"), ("a b", "a%20b"),
    ("%2F", "%252F"), ("\n", "%0A"), ("🦊", "%F0%9F%A6%8A"),
    (String(repeating: "x", count: 120), String(repeating: "x", count: 120)),
  ])
  func idsBecomeFileNames(id: String, name: String) {
    #expect(PreviewFolder.fileName(id) == name)
  }

  @Test func longIdsAreCutAndStayDifferent() {
    let names = ["a", "b"].map { PreviewFolder.fileName(String(repeating: "ä", count: 60) + $0) }
    #expect(names.allSatisfy { $0.utf8.count == 96 + 1 + 16 && $0.hasPrefix("%C3%A4") })
    #expect(names[0] != names[1])
  }

  @Test(arguments: [
    (PreviewError.folderExists("/a"), "/a exists already"),
    (
      .noChromium(["chromium", "google-chrome"]),
      "no picture and no PDF can be made without Chromium: none of chromium, google-chrome is in PATH. Install one (on Debian: "
        + "apt-get install chromium)"
    ),
    (.noPicture("gave no picture", lastError: nil), "no picture was made: Chromium gave no picture."),
    (
      .noPicture("ended", lastError: "FATAL: no memory"),
      "no picture was made: Chromium ended. It said: FATAL: no memory"
    ),
  ])
  func errorsHaveWords(error: PreviewError, words: String) {
    #expect("\(error)" == words)
  }
}
