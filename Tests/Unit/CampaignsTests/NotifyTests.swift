import Foundation
import Mail
import Testing

@testable import Campaigns

/// `notify:` of a campaign file.
@Suite struct NotifyTests {
  private static func read(_ notify: String) -> (channels: [NoticeChannel]?, problems: [String]) {
    let url = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "good-campaign.yaml")
    do {
      let text = try String(contentsOf: url, encoding: .utf8) + "\nnotify: \(notify)\n"
      return (try CampaignFile.parse(Array(text.utf8), folder: URL(filePath: "/q/sommer")).notify, [])
    } catch let error as CampaignFileError {
      return (nil, error.problems.map(\.message))
    } catch {
      return (nil, ["\(error)"])
    }
  }

  @Test func commandsAndMails() throws {
    let read = Self.read("{command: [/bin/alarm, --now], mail: {to: ops@firm.example, relay: main}}")
    #expect(read.problems == [])
    let channels = try #require(read.channels)
    #expect(channels.first == .command(["/bin/alarm", "--now"]) && channels.count == 2)
    guard case .mail(let to, let relay) = channels[1] else { throw CancellationError() }
    #expect("\(to)" == "ops@firm.example" && relay.name == "main")
    let list = Self.read("[{command: [/bin/a]}, {mail: {to: o@f.example, relay: {url: \"smtp://127.0.0.1:2525\"}}}]")
    #expect(list.problems == [] && list.channels?.count == 2)
    guard case .mail(_, let own)? = list.channels?.last else { throw CancellationError() }
    #expect(own.name == "notify" && own.port == 2525)
  }

  @Test func itIsNoPartOfThePlanAndNobodyIsToldWithoutIt() {
    #expect(Self.read("{command: [/bin/a]}").problems == [])
  }

  @Test(arguments: [
    ("alarm", "must be a list"), ("[]", "is empty"), ("{}", "is empty"),
    ("{comand: [/bin/a]}", "did you mean \"command\"?"),
    ("{command: /bin/alarm}", "no shell reads it"), ("{command: [alarm]}", "whole path of the program"),
    ("{command: [./alarm]}", "whole path of the program"),
    ("{mail: {to: ops@firm.example}}", "missing key \"relay\""), ("{mail: {relay: main}}", "missing key \"to\""),
    ("{mail: {to: ops, relay: main}}", "is not an e-mail address"),
    ("{mail: {to: ops@firm.example, relay: mian}}", "did you mean \"main\"?"),
    ("{mail: {to: ops@firm.example, relay: other}}", "\"relays\" has no"),
    ("{mail: {to: ops@firm.example, relay: {urll: x}}}", "did you mean \"url\"?"),
    ("{mail: {to: ops@firm.example, relay: {url: \"smtp://relay.example\", password: x}}}", "passwords do not belong"),
  ]) func mistakesAreNamed(_ notify: String, _ words: String) {
    let read = Self.read(notify)
    #expect(read.channels == nil && read.problems.contains { $0.contains(words) }, "\(read.problems)")
  }
}
