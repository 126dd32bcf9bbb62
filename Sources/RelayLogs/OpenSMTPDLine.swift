/// A line of OpenSMTPD after its program name, as `10a7280c56ca1dde smtp envelope evpid=… from=<…> to=<…>`.
///
/// OpenSMTPD writes it when it has committed the message to its queue, whether or not the client still listens. It
/// never writes a Message-ID. A session has a number from its `connected` to its `disconnected`; a message's number is in
/// the reply to its client, and is the first half of the envelope's.
///
/// The words after the session's number are the relay's. A line that quotes a client's command begins otherwise, whatever
/// the command says.
enum OpenSMTPDLine {
  static func event(_ text: ArraySlice<UInt8>) -> LogEvent {
    var reader = ByteReader(text)
    guard let session = reader.word(before: 0x20), session.isHex(session.count),
      let rest = reader.rest.dropping("smtp ")
    else { return .other }
    if let value = rest.dropping("envelope ") {
      let number = value.dropping("evpid=")?.prefix { $0 != 0x20 }
      guard let envelope = envelope(number.map { value[$0.endIndex...].dropFirst() } ?? value) else { return .other }
      return .accepted(session: session, message: number.map { $0.prefix(8) } ?? [], envelope: envelope)
    }
    if let value = rest.dropping("connected address=") ?? rest.dropping("event=connected address=") {
      return .connected(session: session, address: value.prefix { $0 != 0x20 })
    }
    if rest.starts(with: "disconnected ") || rest.starts(with: "event=closed ") {
      return .disconnected(session: session)
    }
    // Until 6.3: `event=message address=… host=… msgid=… from=<…> to=<…> size=…`. A client's host name comes before.
    if rest.starts(with: "event=message "), let place = rest.lastIndex(of: " msgid="),
      let end = rest.lastIndex(of: "> size=")
    {
      let value = rest[(place + 7)...]
      guard value.prefix(8).isHex(8), end > place, value.dropFirst(8).first == 0x20,
        let envelope = envelope(rest[(place + 16)...end])
      else { return .other }
      return .accepted(session: session, message: value.prefix(8), envelope: envelope)
    }
    return .other
  }

  /// `from=<…> to=<…>` and nothing else. An address has no angle brackets here: OpenSMTPD refuses those that do.
  private static func envelope(_ text: ArraySlice<UInt8>) -> LogEvent.Envelope? {
    guard let inner = text.dropping("from=<"), inner.last == 0x3E, let middle = inner.firstIndex(of: "> to=<") else {
      return nil
    }
    let (sender, recipient) = (inner[..<middle], inner[(middle + 6)...].dropLast())
    guard !sender.contains(where: isBracket), !recipient.contains(where: isBracket) else { return nil }
    return LogEvent.Envelope(sender: sender, recipient: recipient)
  }

  private static func isBracket(_ byte: UInt8) -> Bool { byte == 0x3C || byte == 0x3E }
}
