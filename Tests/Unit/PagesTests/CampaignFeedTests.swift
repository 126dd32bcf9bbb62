import DeliverySupport
import Foundation
import Logging
import Operations
import Queue
import Reports
import Synchronization
import TestSupport
import Testing

@testable import Pages

@Suite(.timeLimit(.minutes(5))) struct CampaignFeedTests {
  private func dependencies() -> Dependencies {
    Dependencies(
      stores: SQLiteStoreOpener(), transport: { _ in fatalError("nothing is delivered") },
      inspect: { _, _, _ in fatalError("no relay is looked at") }, dns: { _ in fatalError("nothing is looked up") },
      time: TestClock(Date(timeIntervalSince1970: 1_795_420_800)), randomBytes: { [UInt8](repeating: 1, count: $0) },
      jitter: { 0 }, credentials: nil, timeZone: .gmt, log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
  }

  /// However many watch, what they see is read once and made once for each language.
  @Test func everybodyIsShownWhatWasMadeOnce() async throws {
    let folder = try TemporaryFolder()
    _ = try TestCampaign(
      in: folder.url, customers: GeneratedCustomer.customers(2, seed: 1),
      relay: ["name: main", "url: \"smtp://relay.example:25\""])
    let made = Mutex(0)
    let feed = CampaignFeed(
      try CampaignLocation(name: "sommer", queue: folder.url), dependencies(), isStopped: { _ in false },
      render: { figures, text, now in
        made.withLock { $0 += 1 }
        return SharedFragments.events(of: figures, in: text, at: now)
      })
    var viewers: [(DocumentLanguage, AsyncStream<SharedFragments>)] = []
    for number in 0..<50 { viewers.append((number.isMultiple(of: 2) ? .german : .english, await feed.fragments())) }
    let looks = 3
    let seen = await withTaskGroup(of: [(SharedFragments, DocumentLanguage)].self) { group in
      for (language, stream) in viewers {
        group.addTask {
          var seen: [(SharedFragments, DocumentLanguage)] = []
          for await fragments in stream.prefix(looks) {
            let events = fragments.events(language)
            #expect(events == fragments.events(language) && events[.figures]?.isEmpty == false)
            seen.append((fragments, language))
          }
          return seen
        }
      }
      return await group.reduce(into: []) { $0 += $1 }
    }
    #expect(seen.count == 50 * looks, "nobody is passed over")
    struct Made: Hashable {
      let fragments: ObjectIdentifier
      let language: DocumentLanguage
    }
    let different = Set(seen.map { Made(fragments: ObjectIdentifier($0.0), language: $0.1) })
    #expect(made.withLock(\.self) == different.count)
    // Who begins to watch later begins with a later look.
    #expect(different.count < 50, "each viewer has its own")
  }
}
