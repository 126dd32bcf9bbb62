import Foundation
import Mail
import Queue

extension RelayHealth {
  /// What a letter's attempt says of the relay, and what becomes of the letter and of others.
  struct Judgement: Sendable {
    var verdict: AttemptVerdict
    /// Letters whose refusal was not about their customers, by the fence they were refused under.
    var reopened: [JudgedLetter] = []
    /// Letters that were put off for a reason of the relay's, by the fence they were put off under: they are due.
    var freed: [JudgedLetter] = []
    /// The recipient's domain may be the reason: letters to others are to go first.
    var isOneDomain = false
    /// The rest that begins with it.
    var rest: Rest?
  }

  /// One attempt of a message.
  struct Attempt: Sendable {
    var message: Int64
    var fence: Int64
    var recipient: EmailAddress
    /// 1 for the first.
    var number: Int
    /// What was answered to the last attempt; nil when it was to be made again at once, or there was none.
    var before: LastAnswer?
    /// The message had an outcome before, and was put back in the queue.
    var isSentAgain: Bool
    /// By the monotonic clock.
    var startedAt: Date
    var letter: JudgedLetter { JudgedLetter(message: message, fence: fence) }

    init(
      message: Int64, fence: Int64, recipient: EmailAddress, number: Int, before: LastAnswer? = nil,
      isSentAgain: Bool = false, startedAt: Date
    ) {
      self.message = message
      self.fence = fence
      self.recipient = recipient
      self.number = number
      self.before = before
      self.isSentAgain = isSentAgain
      self.startedAt = startedAt
    }
  }
}
