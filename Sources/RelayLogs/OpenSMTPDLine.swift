/// A line of OpenSMTPD behind its program name, as `10a7280c56ca1dde smtp envelope evpid=… from=<…> to=<…>`.
///
/// OpenSMTPD writes it when it has committed the message to its queue, whether or not the client still listens. It never
/// writes a Message-ID: the envelope and the time are all there is to know a message by.
enum OpenSMTPDLine {
  static func event(_ text: ArraySlice<UInt8>) -> LogEvent {
    guard text.contains(" smtp envelope ") || text.contains(" smtp event=message "),
      let sender = text.bracketed(after: " from=<"), let recipient = text.bracketed(after: " to=<")
    else { return .other }
    return .envelope(sender: sender, recipient: recipient)
  }
}
