/// The reply that `with` gives a fault in place of its usual one: `with 550`, `with 550 5.4.5`, `with 450 "Mail send
/// limit exceeded"`.
///
/// Only the code is needed. A missing part comes from the fault's usual replies, except that words without a status are
/// sent without one: such replies exist, and what is written is what is sent. A reply with code 421 ends the connection.
public struct FaultReply: Sendable, Hashable {
  /// 400 to 599.
  public var code: Int
  /// The enhanced status code (RFC 3463).
  public var status: String?
  /// The lines of text; empty takes the fault's usual ones.
  public var lines: [String]

  public init(_ code: Int, status: String? = nil, lines: [String] = []) {
    self.code = code
    self.status = status
    self.lines = lines
  }

  /// This reply, completed by the first of the usual ones that has its code, else by the first of its class (4xx or
  /// 5xx), else by the first with its status moved to the class of the code.
  func completed(by usual: [Reply]) -> Reply {
    var model = usual.first { $0.code == code } ?? usual.first { $0.code / 100 == code / 100 }
    if model == nil, let other = usual.first {
      model = Reply(code, lines: other.lines, enhanced: other.enhanced.map { "\(code / 100)\($0.dropFirst())" })
    }
    let status = status ?? (lines.isEmpty ? model?.enhanced : nil)
    return Reply(code, lines: lines.isEmpty ? model?.lines ?? ["No"] : lines, enhanced: status)
  }
}

extension FaultReply? {
  /// The reply of a fault: the first of its usual ones, unless the plan has another.
  func completed(by usual: [Reply]) -> Reply { self?.completed(by: usual) ?? usual[0] }
}

/// The usual replies of faults of the whole relay, in the words of relays that are in use. The first is the usual one;
/// the others are what relays say that use another code.
enum UsualReplies {
  static let sessionLimit = [
    Reply(421, "4.4.5", "Maximum message count per session reached"),
    Reply(451, "4.4.5", "Mails per session limit"),
    Reply(452, "4.4.5", "Maximum number of messages per session exceeded"),
  ]
  static let quota = [
    Reply(452, "4.5.3", "Mail send limit exceeded"),
    Reply(450, lines: ["Requested mail action not taken: mailbox unavailable", "Mail send limit exceeded"]),
    Reply(454, nil, "Throttling failure: Daily message quota exceeded"),
    Reply(550, "5.4.5", "Daily user sending limit exceeded"),
  ]
  static let throttle = [Reply(454, "4.7.0", "Throttling failure: Maximum sending rate exceeded")]
  static let connections = [
    Reply(421, "4.7.0", "Too many connections"), Reply(432, "4.3.2", "Concurrent connections limit exceeded"),
  ]
  static let size = [Reply(552, "5.3.4", "Message too big")]
  static let refuseAll = [Reply(554, "5.7.1", "Sender rejected: this relay takes nothing")]
}
