/// A line of Exim's main log behind its time, as `1xVvKN-00001Q-2h <= support@… H=… P=esmtps S=334 id=…`.
///
/// Exim writes `<=` once it has taken responsibility: before it, it looks whether the client is still there, and drops
/// the message when not ("SMTP connection lost after final dot", a line without a Message-ID).
enum EximLine {
  static func event(_ text: ArraySlice<UInt8>) -> LogEvent {
    var reader = ByteReader(text)
    // With log_selector +pid.
    if reader.peek == 0x5B { _ = reader.word(before: 0x20) }
    guard let id = reader.word(before: 0x20), isMessageID(id), reader.rest.starts(with: "<= ") else { return .other }
    // What the sender chose freely, the subject, stands at the end in quotation marks.
    let fields = reader.rest[..<(reader.rest.firstIndex(of: " T=\"") ?? reader.rest.endIndex)]
    guard let start = fields.firstIndex(of: " id=") else { return .other }
    let value = fields[(start + 4)...]
    return .taken(messageID: value[..<(value.firstIndex(of: 0x20) ?? value.endIndex)])
  }

  /// `1xVvKN-00001Q-2h`, since 4.97 `1xVvKN-000000001Q2-2hAB`.
  private static func isMessageID(_ id: ArraySlice<UInt8>) -> Bool {
    let parts = id.split(separator: 0x2D, omittingEmptySubsequences: false).map(\.count)
    return parts == [6, 6, 2] || parts == [6, 11, 4]
  }
}
