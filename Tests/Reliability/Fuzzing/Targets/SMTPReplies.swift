@testable import Delivery
@testable import SMTP

/// What a relay says: cut into pieces by the first byte, read as replies, judged at one phase after the other, and read
/// as an EHLO reply.
struct SMTPReplies: FuzzTarget {
  func run(_ bytes: [UInt8]) {
    let size = Int(bytes.first ?? 0) % 64 + 1
    let stream = bytes.dropFirst()
    var parser = ReplyParser()
    var phases = 0
    var start = stream.startIndex
    while start < stream.endIndex {
      let end = min(start + size, stream.endIndex)
      stream[start..<end].withUnsafeBytes { parser.append($0) }
      start = end
      do {
        while let reply = try parser.next() {
          _ = ReplyClassifier.classify(reply, at: Phase.allCases[phases % Phase.allCases.count])
          phases += 1
          _ = Extensions(ehlo: reply)
          _ = reply.enhanced?.description
        }
      } catch {
        _ = error.description
        return
      }
    }
  }
}
