import Glibc

/// One parser that takes bytes of others, as libFuzzer calls it: once per input, as often as asked. It must end with a
/// value or an error, whatever the bytes are.
protocol FuzzTarget {
  func run(_ bytes: [UInt8])
}

/// The targets by their names; each has its seeds in `Seeds/<name>`.
private let targets: [String: @Sendable () -> any FuzzTarget] = [
  "smtp-replies": { SMTPReplies() },
  "csv": { CustomerTable() },
  "addresses": { AddressCells() },
  "workbooks": { CustomerTable() },
  "workbook-parts": { WorkbookParts() },
  "yaml": { CampaignYAML() },
  "templates": { Templates() },
  "relay-logs": { RelayLog() },
  "mail": { ReturnedMail() },
  "mailboxes": { MailboxExports() },
  "receipts": { ReceiptLines() },
  "json": { StrictJSON() },
  "certificates": { Certificates() },
]

/// The one chosen by the environment; libFuzzer calls from one thread only.
nonisolated(unsafe) private var chosen: any FuzzTarget = {
  guard let name = getenv("FUZZ_TARGET").map({ String(cString: $0) }), let target = targets[name] else {
    fatalError("FUZZ_TARGET must be one of: \(targets.keys.sorted().joined(separator: " "))")
  }
  return target()
}()

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  chosen.run(Array(UnsafeBufferPointer(start: start, count: count)))
  return 0
}

@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
  _ count: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
  _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// What SwiftPM calls instead of `main`, which libFuzzer has as well.
@_cdecl("fuzz_main")
public func fuzzMain(_ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> CInt {
  var (count, arguments) = (count, arguments)
  return runDriver(&count, &arguments, fuzzOneInput)
}
