import Delivery

@testable import Bounces

/// A mail that came back: judged, and what is found must be what the judge promises. The same bytes as an mbox, in pieces.
struct ReturnedMail: FuzzTarget {
  func run(_ bytes: [UInt8]) {
    judge(bytes)
    var mailbox = MailboxReader(sizeLimit: 512)
    var mails = 0
    mailbox.read(Array(bytes.prefix(bytes.count / 2))) { mails += $0.count <= 512 ? 1 : 0 }
    mailbox.read(Array(bytes.dropFirst(bytes.count / 2))) { mails += $0.count <= 512 ? 1 : 0 }
    mailbox.finish { mails += $0.count <= 512 ? 1 : 0 }
    precondition(mails <= bytes.count / 5 + 1)
  }

  private func judge(_ mail: [UInt8]) {
    let reports = BounceJudge.reports(on: mail)
    let returned = Bounces.ReturnedMail(mail, domain: "kanzlei-it.example")
    precondition(returned.reports == reports && returned.messageIDs.count <= 200)
    precondition(returned.messageIDs.allSatisfy { $0.hasPrefix("<") && $0.hasSuffix("@kanzlei-it.example>") })
    precondition(!reports.isEmpty)
    for report in reports {
      let isRefusal = report.kind == .bounce || report.kind == .delay
      precondition(isRefusal || report.class == nil && report.permanent == nil)
      precondition(report.permanent != true || report.kind == .bounce && report.status?.class == 5)
      precondition(report.recipient?.isEmpty != true && (report.reply?.utf8.count ?? 0) <= 64 << 10)
    }
  }
}
