/// Finds the Message-ID field in the header of a message (RFC 5322 §3.6.4).
enum MessageIDField {
  private static let name = Array("message-id".utf8)

  /// The value of the first such field, unfolded and without any spaces; nil when there is no such field.
  static func value(in message: [UInt8]) -> String? {
    var start = 0
    while start < message.count {
      let end = message[start...].firstIndex(of: 0x0a) ?? message.count
      let line = message[start..<end]
      if line.isEmpty || line.elementsEqual([0x0d]) { return nil }
      if let value = value(ofField: line) {
        var bytes = value
        var next = end + 1
        while next < message.count, message[next] == 0x20 || message[next] == 0x09 {
          let stop = message[next...].firstIndex(of: 0x0a) ?? message.count
          bytes += message[next..<stop]
          next = stop + 1
        }
        let text = bytes.filter { $0 > 0x20 }
        return text.isEmpty ? nil : String(decoding: text, as: UTF8.self)
      }
      start = end + 1
    }
    return nil
  }

  private static func value(ofField line: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    guard line.count > name.count, line.prefix(name.count).elementsEqual(name, by: { $0 | 0x20 == $1 }) else {
      return nil
    }
    let rest = line.dropFirst(name.count).drop { $0 == 0x20 || $0 == 0x09 }
    return rest.first == UInt8(ascii: ":") ? rest.dropFirst() : nil
  }
}
