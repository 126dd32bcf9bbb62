import Foundation
import Testing

@testable import Delivery

@Suite struct LearnedPaceTests {
  private let start = Date(timeIntervalSince1970: 1_800_000_000)

  /// A pace after `seconds` of `rate` letters a second, and a throttle then.
  private func throttled(at rate: Double, after seconds: TimeInterval = 20) -> LearnedPace {
    var pace = LearnedPace()
    for step in 0..<Int(rate * seconds) { pace.noteAccepted(at: start + Double(step) / rate) }
    pace.take(at: start + seconds)
    pace.throttle(at: start + seconds)
    return pace
  }

  @Test func nothingIsSlowedBeforeAThrottle() {
    var pace = LearnedPace()
    for step in 0..<1000 {
      let now = start + Double(step) / 100
      #expect(pace.next(at: now) == now)
      pace.take(at: now)
      pace.noteAccepted(at: now)
    }
    #expect(pace.rate(at: start + 100) == nil)
  }

  @Test func justBelowWhatItTook() throws {
    let pace = throttled(at: 10)
    let rate = try #require(pace.rate(at: start + 20))
    #expect(rate > 9 && rate < 10)
    #expect(pace.next(at: start + 20.01) == start + 20 + 1 / rate)
  }

  /// The pace rises beyond what was too much: soon if that was heard once, late if it was heard again and again.
  @Test func whatIsHeardAgainIsBelievedForLonger() throws {
    var pace = throttled(at: 10)
    var moment = start + 20
    var waits: [TimeInterval] = []
    for _ in 0..<8 {
      let from = moment
      while try #require(pace.rate(at: moment)) <= 10 {
        moment += 1
        for step in 0..<9 { pace.noteAccepted(at: moment - 1 + Double(step) / 9) }
      }
      waits.append(moment.timeIntervalSince(from))
      pace.throttle(at: moment)
    }
    #expect(waits == waits.sorted() && waits[0] < 30 && waits[7] > 60, "\(waits)")
    // It has changed its mind: minutes later it is fed several times as much.
    #expect(try #require(pace.rate(at: moment + 900)) > 40)
  }

  /// What was found is a start, after hours in which there was nothing to send.
  @Test func aQuietHourForgetsLittle() throws {
    var pace = throttled(at: 5)
    let moment = start + 3620
    for step in 0..<5 { pace.noteAccepted(at: moment + Double(step) / 5) }
    pace.throttle(at: moment + 1)
    #expect(try #require(pace.ceiling) <= 5)
  }

  /// A letter now and then, by our own choice, is no pace of the relay's.
  @Test func aLullIsNotAPace() {
    var pace = LearnedPace()
    pace.noteAccepted(at: start)
    pace.throttle(at: start + 100)
    #expect(pace.ceiling == nil)
  }

  /// A relay that took nothing at all for a while is not taken for one that wants a letter a minute.
  @Test func aPauseIsNotAPace() throws {
    var pace = throttled(at: 10)
    let first = try #require(pace.rate(at: start + 20))
    pace.throttle(at: start + 30)
    #expect(try #require(pace.rate(at: start + 30)) >= first / 2 * 0.96)
  }
}
