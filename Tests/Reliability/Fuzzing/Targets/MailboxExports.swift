import Foundation

@testable import Campaigns

/// A mail server's export of changed passwords or closed mailboxes: its form, its entries, and their times.
struct MailboxExports: FuzzTarget {
  private let file = ScratchFile("mailboxes")
  private let time = ExportTime(zone: .gmt)

  func run(_ bytes: [UInt8]) {
    file.fill(bytes)
    for isOfLocks in [false, true] {
      do {
        let names = MailboxExport.Names(mailbox: nil, time: nil, isOfLocks: isOfLocks)
        for entry in try MailboxExport(file.url, names).entries {
          precondition(entry.line > 0)
          if let text = entry.time { _ = time.reading(text) }
        }
      } catch {
        _ = "\(error)"
      }
    }
  }
}
