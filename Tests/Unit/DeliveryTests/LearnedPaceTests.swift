import Foundation
import Testing

@testable import Delivery

@Suite struct LearnedPaceTests {
  private let start = Date(timeIntervalSince1970: 1_800_000_000)

  @Test func nothingIsSlowedBeforeAThrottle() {
    var pace = LearnedPace()
    for step in 0..<1000 {
      let now = start + Double(step) / 100
      #expect(pace.next(at: now) == now)
      pace.take(at: now)
      pace.noteAccepted(at: now)
    }
    #expect(pace.rate == nil)
  }

  @Test func nineTenthsOfWhatItTook() throws {
    var pace = LearnedPace()
    for step in 0..<50 {
      pace.take(at: start + Double(step) / 10)
      pace.noteAccepted(at: start + Double(step) / 10)
    }
    pace.throttle(at: start + 5)
    let rate = try #require(pace.rate)
    #expect(rate > 8 && rate <= 10)
    #expect(pace.next(at: start + 4.95) == start + 4.9 + 1 / rate)
  }

  /// It rises to just below the pace that was too much, soon, and beyond it slowly: the next throttle comes late.
  @Test func itRisesSlowlyBeyondWhatWasTooMuch() throws {
    var pace = LearnedPace()
    for step in 0..<100 { pace.noteAccepted(at: start + Double(step) / 10) }
    pace.throttle(at: start + 10)
    let first = try #require(pace.rate)
    pace.throttle(at: start + 12)
    #expect(try #require(pace.rate) < first)
    var seconds = 0
    while try #require(pace.rate) < first, seconds < 10_000 {
      seconds += 1
      pace.take(at: start + 12 + Double(seconds))
    }
    #expect(seconds > 100 && seconds < 1000, "\(seconds)")
  }

  /// A relay that took nothing at all for a while is not taken for one that wants a letter a minute.
  @Test func aBurstIsNotForgotten() throws {
    var pace = LearnedPace()
    for step in 0..<100 { pace.noteAccepted(at: start + Double(step) / 10) }
    pace.throttle(at: start + 10)
    let first = try #require(pace.rate)
    pace.throttle(at: start + 4000)
    #expect(try #require(pace.rate) >= first / 2)
  }
}
