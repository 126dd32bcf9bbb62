import Campaigns
import Delivery
import Foundation

/// How many letters a second the core of the scheduler decides about, on one processor, without a store: added, taken in
/// turn, sent in no time and ended, with limits of providers among them. For 10,000 and for 1,000,000 customers.
@main
enum SchedulingRate {
  static func main() {
    let counts = [10_000, 1_000_000]
    // The smaller one as often as the larger one is large: each decides about as many letters.
    let rates = counts.map { count in
      (0..<3).map { _ in rate(customers: count, rounds: 2_000_000 / count) }.sorted()[1]
    }
    print("| customers | decisions a second |")
    print("|---:|---:|")
    for (count, rate) in zip(counts, rates) { print("| \(count) | \(Int(rate)) |") }
    print("ratio \((rates[1] / rates[0] * 100).rounded() / 100)")
  }

  private static func rate(customers: Int, rounds: Int) -> Double {
    let domains = (0..<customers / 2).map { "kanzlei-\($0).example" }
    var spent = Duration.zero
    var decided = 0
    for _ in 0..<max(1, rounds) {
      let (time, count) = deliver(customers, domains)
      spent += time
      decided += count
    }
    return Double(decided) / (spent / .seconds(1))
  }

  /// Read ahead as the scheduler does it: a page at a time, whenever nothing that is there can go.
  private static func deliver(_ customers: Int, _ domains: [String]) -> (Duration, Int) {
    let rules = DestinationRules([
      DestinationRule(.below("provider.example"), limits: [RateLimit(count: 10_000_000, window: .seconds(60))]),
      DestinationRule(.domain("blocked.example"), limits: [RateLimit(count: 1, window: .seconds(86_400))]),
    ])
    var lanes = Lanes<Int64>(rules: rules, connections: 20)
    var now = Date(timeIntervalSince1970: 1_800_000_000)
    var added = 0
    var decided = 0
    let clock = ContinuousClock()
    let start = clock.now
    var onWire = Deque20()
    while true {
      now += 0.0001
      switch lanes.next(at: now, hasMore: added < customers) {
      case .letter(let ticket):
        decided += 1
        let begun = lanes.began(ticket, at: now)
        if let ended = onWire.replace(with: begun ?? ticket) { lanes.ended(ended, .accepted, at: now) }
      case .wait, .held, .empty:
        if let ended = onWire.replace(with: nil) {
          lanes.ended(ended, .accepted, at: now)
        } else if added < customers {
          for _ in 0..<min(512, customers - added) {
            // A twentieth waits for a day, a fifth is at one provider, the others have two customers a domain.
            let domain =
              added % 20 == 0
              ? "blocked.example" : added % 5 == 1 ? "d\(added % 997).provider.example" : domains[added / 2]
            lanes.add(Int64(added), to: domain)
            added += 1
          }
        } else {
          return (clock.now - start, decided)
        }
      }
    }
  }

  /// Letters on the wire: the one that began first ends when there are twenty.
  private struct Deque20 {
    private var tickets: [Lanes<Int64>.Ticket?] = Array(repeating: nil, count: 20)
    private var place = 0

    mutating func replace(with ticket: Lanes<Int64>.Ticket?) -> Lanes<Int64>.Ticket? {
      if ticket == nil {
        for index in tickets.indices where tickets[index] != nil {
          defer { tickets[index] = nil }
          return tickets[index]
        }
        return nil
      }
      defer {
        tickets[place] = ticket
        place = (place + 1) % tickets.count
      }
      return tickets[place]
    }
  }
}
