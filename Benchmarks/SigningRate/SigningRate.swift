import Campaigns
import Foundation
import Letters
import Mail

/// Makes the letters of a campaign as the delivery does, signs them with an RSA key of 2048 bits, on every processor for a
/// while, and prints how many a second.
@main
struct SigningRate {
  /// Arguments: the campaign's folder, and for how many seconds.
  static func main() async throws {
    let arguments = CommandLine.arguments
    guard arguments.count == 3, let seconds = Double(arguments[2]) else {
      FileHandle.standardError.write(Data("usage: signing-rate CAMPAIGN SECONDS\n".utf8))
      exit(64)
    }
    let rate = try await SigningRate(folder: URL(filePath: arguments[1])).rate(over: .seconds(seconds))
    print(rate)
  }

  private let renderer: LetterRenderer
  private let composer: LetterComposer
  private let letters: [(customer: Customer, name: String)]
  private let date: Date

  private init(folder: URL) throws {
    let campaign = try CampaignFile.read(folder: folder)
    date = campaign.deadline.date
    guard let selector = DKIMSelector("bench") else { preconditionFailure("a literal is no selector") }
    let dkim = DKIMSigner(
      domain: campaign.sender.from.address.domain, keys: [.init(selector: selector, key: try DKIMKey.make(.rsa))])
    renderer = try LetterRenderer(
      campaign: campaign, templates: .bundled(), date: campaign.localTime(date), codes: .samples)
    composer = LetterComposer(campaign: campaign, key: Array("bench".utf8), signer: LetterSigner(dkim: dkim))
    var letters: [(Customer, String)] = []
    _ = try Plan(CustomerBook(campaign), campaign: campaign, templates: [], signer: nil) { customer, outcome in
      letters += outcome.letters.map { (customer, $0) }
    }
    self.letters = letters
  }

  /// Letters a second, by as many tasks as there are processors.
  private func rate(over time: Duration) async throws -> Double {
    let clock = ContinuousClock()
    let start = clock.now
    let count = try await withThrowingTaskGroup(of: Int.self) { group in
      for number in 0..<ProcessInfo.processInfo.activeProcessorCount {
        group.addTask {
          var count = 0
          while clock.now - start < time {
            let (customer, name) = letters[(number + count) % letters.count]
            let letter = try renderer.letter(name, for: customer)
            _ = try composer.bytes(for: letter, to: customer, date: date, encoding: .eightBit)
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
