import Foundation

/// Understands the lines of one log file, each by its own form: files may mix programs and time stamps.
struct LineReader {
  private var stamps: LogStamp
  private var tracking: TrackingLog?
  /// Host and program of the last line, and the source made of them.
  private var lastHead: [UInt8] = []
  private var lastSource: [UInt8] = []

  init(zone: TimeZone, reference: Date) { stamps = LogStamp(zone: zone, reference: reference) }

  /// Nil for a line that does not come from a relay, or whose time cannot be read.
  mutating func entry(_ line: ArraySlice<UInt8>) -> LogEntry? {
    guard let first = line.first else { return nil }
    var line = line
    if first == 0x23 {
      if let header = TrackingLog(header: line) { tracking = header }
      return nil
    }
    guard (0x30...0x39).contains(first) else {
      // <22>: the priority, where syslog lines are kept as they were sent.
      if first == 0x3C, let end = line.prefix(5).firstIndex(of: 0x3E) { line = line[(end + 1)...] }
      guard let time = stamps.takeSyslog(&line) else { return nil }
      return syslog(line, time)
    }
    guard let (time, form) = stamps.takeISO(&line) else { return nil }
    switch form {
    case .exim: return LogEntry(time: time, source: [], event: EximLine.event(line))
    case .syslog: return syslog(line, time)
    case .column: return tracking.map { LogEntry(time: time, source: [], event: $0.event(line)) }
    }
  }

  private mutating func syslog(_ line: ArraySlice<UInt8>, _ time: Date) -> LogEntry? {
    guard let colon = line.prefix(300).firstIndex(of: 0x3A), line[colon...].starts(with: ": ") else { return nil }
    let text = line[(colon + 2)...]
    var reader = ByteReader(line[..<colon])
    guard let host = reader.word(before: 0x20) else { return nil }
    let tag = reader.rest
    let program = tag[..<(tag.firstIndex(of: 0x5B) ?? tag.endIndex)]
    let event: LogEvent
    if let found = PostfixLine.event(program: program, text) {
      event = found
    } else if program.equals("exim") || program.equals("exim4") {
      var text = text
      _ = stamps.takeISO(&text)
      event = EximLine.event(text)
    } else if program.equals("smtpd") || program.equals("opensmtpd") {
      event = OpenSMTPDLine.event(text)
    } else if Self.isLoss(program, text) {
      event = .linesLost
    } else {
      return nil
    }
    let instance = program[..<(program.firstIndex(of: 0x2F) ?? program.endIndex)]
    return LogEntry(time: time, source: source(host, instance), event: event)
  }

  /// `host program`, made again only when it differs from the last line's.
  private mutating func source(_ host: ArraySlice<UInt8>, _ instance: ArraySlice<UInt8>) -> [UInt8] {
    if lastHead.count == host.count + instance.count, lastHead.starts(with: host),
      lastHead[host.count...].elementsEqual(instance)
    {
      return lastSource
    }
    lastHead = Array(host) + instance
    lastSource = Array(host) + [0x20] + instance
    return lastSource
  }

  private static func isLoss(_ program: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>) -> Bool {
    if program.equals("systemd-journald") { return text.starts(with: "Suppressed ") }
    return program.starts(with: "rsyslogd") && text.contains("rate-limiting")
  }
}
