import Foundation
import Queue

extension MessageStore {
  func lastAcceptance(through relay: String, in campaign: Int64) async throws -> Date? { nil }
}
extension StoreChange {
  static func reopen(message: Int64, fence: Int64, at: Date) -> StoreChange {
    .exclude(message: message, fence: fence, reason: .noSMTPUTF8, at: at)
  }
}
