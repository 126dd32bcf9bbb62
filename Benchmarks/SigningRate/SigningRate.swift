import Campaigns
import Foundation
import Letters
import Mail

/// Signs the letters of a campaign with an RSA key of 2048 bits, on every processor for a while, and prints how many a
/// second: whole messages that are at hand, then letters that are made as the delivery makes them.
@main
struct SigningRate: Sendable {
  /// Arguments: the campaign's folder, and for how many seconds.
  static func main() async throws {
    let arguments = CommandLine.arguments
    guard arguments.count == 3, let seconds = Double(arguments[2]) else {
      FileHandle.standardError.write(Data("usage: signing-rate CAMPAIGN SECONDS\n".utf8))
      exit(64)
    }
    let signing = try SigningRate(folder: URL(filePath: arguments[1]))
    print(try await signing.signed(over: .seconds(seconds)), try await signing.madeAndSigned(over: .seconds(seconds)))
  }

  private let renderer: LetterRenderer
  private let composer: LetterComposer
  private let dkim: DKIMSigner
  private let messages: [[UInt8]]
  private let letters: [(customer: Customer, name: String)]
  private let date: Date

  private init(folder: URL) throws {
    let campaign = try CampaignFile.read(folder: folder)
    date = campaign.deadline.date
    guard let selector = DKIMSelector("bench") else { preconditionFailure("a literal is no selector") }
    dkim = DKIMSigner(
      domain: campaign.sender.from.address.domain, keys: [.init(selector: selector, key: try DKIMKey.make(.rsa))])
    renderer = try LetterRenderer(
      campaign: campaign, templates: .bundled(), date: campaign.localTime(date), codes: .samples)
    composer = LetterComposer(campaign: campaign, key: Array("bench".utf8), signer: LetterSigner(dkim: dkim))
    var letters: [(Customer, String)] = []
    _ = try Plan(CustomerBook(campaign), campaign: campaign, templates: [], signer: nil) { customer, outcome in
      letters += outcome.letters.map { (customer, $0) }
    }
    self.letters = letters
    let unsigned = LetterComposer(campaign: campaign, key: Array("bench".utf8), signer: nil)
    messages = try letters.map { [renderer, date] customer, name in
      try unsigned.bytes(
        for: renderer.letter(name, for: customer), to: customer, date: date, encoding: .quotedPrintable)
    }
  }

  private func signed(over time: Duration) async throws -> Double {
    try await rate(over: time) { _ = try dkim.signed(messages[$0 % messages.count], at: date) }
  }

  private func madeAndSigned(over time: Duration) async throws -> Double {
    try await rate(over: time) {
      let (customer, name) = letters[$0 % letters.count]
      _ = try composer.bytes(for: renderer.letter(name, for: customer), to: customer, date: date, encoding: .eightBit)
    }
  }

  /// How often a second, by as many tasks as there are processors.
  private func rate(over time: Duration, _ body: @escaping @Sendable (Int) throws -> Void) async throws -> Double {
    let clock = ContinuousClock()
    let start = clock.now
    let count = try await withThrowingTaskGroup(of: Int.self) { group in
      for number in 0..<ProcessInfo.processInfo.activeProcessorCount {
        group.addTask {
          var count = 0
          while clock.now - start < time {
            try body(number + count)
            count += 1
          }
          return count
        }
      }
      return try await group.reduce(0, +)
    }
    return Double(count) / ((clock.now - start) / .seconds(1))
  }
}
