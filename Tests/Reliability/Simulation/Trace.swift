/// What happened in a simulation, in order: a digest of all of it, and for a replay the events themselves.
final class Trace {
  enum Event: UInt8 {
    case start, end, crash, stopped, woken, jump, read, write, fault, open, opened, send, taken, answer, receipt
    case request, resolve, downtime, healed, stale
  }

  private(set) var digest: UInt64 = 0xCBF2_9CE4_8422_2325
  private let isPrinting: Bool

  init(isPrinting: Bool) { self.isPrinting = isPrinting }

  /// `clock` in microseconds; what the two numbers are depends on the event.
  func note(_ event: Event, _ clock: Int, _ first: Int, _ second: Int, _ words: @autoclosure () -> String = "") {
    mix(UInt64(event.rawValue))
    mix(UInt64(bitPattern: Int64(clock)))
    mix(UInt64(bitPattern: Int64(first)))
    mix(UInt64(bitPattern: Int64(second)))
    if isPrinting { print("\(clock / 1000) ms  \(event)  \(first)  \(second)  \(words())") }
  }

  /// FNV-1a over words instead of bytes.
  private func mix(_ value: UInt64) {
    digest = (digest ^ value) &* 0x0000_0100_0000_01B3
    digest ^= digest >> 29
  }
}
