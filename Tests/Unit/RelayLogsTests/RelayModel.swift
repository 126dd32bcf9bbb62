import Foundation
import Mail
import TestSupport

@testable import RelayLogs

/// A day at a relay, made at random: our letters over a few connections, some of whose answers are lost, letters of another
/// campaign to the same customers, and strangers who use our sender, our recipients, the Message-IDs of letters that were
/// delivered, and lines that look like the log's. It writes the log that the relay would, and knows the truth.
struct RelayModel {
  enum Program: CaseIterable { case postfix, exim, openSMTPD, exchange }

  /// What became of a message that was on the wire.
  private enum Fate { case taken, begun, nothing }

  let program: Program
  private var random: SeededGenerator
  /// The log's time minus ours.
  private let offset: TimeInterval
  /// Whether replies name the relay's numbers.
  private let named: Bool
  /// Whether each letter has an envelope sender of its own.
  private let hasTokens: Bool
  /// Lines with their times by our clock.
  private var lines: [(time: TimeInterval, text: String)] = []
  private var queueIDs: [String: TimeInterval] = [:]
  private var sessionIDs: [String] = []

  private(set) var attempts: [UncertainAttempt] = []
  private(set) var accepted: [AcceptedLetter] = []
  private(set) var others: [AttemptedLetter] = []
  /// Whether the relay took the letter; by message.
  private(set) var truth: [Int64: Bool] = [:]

  static let start = Date(timeIntervalSince1970: 1_795_540_000)
  /// Letters leave no further apart than this, so a cut that is longer hides one of them.
  static let pause: TimeInterval = 20

  init(_ program: Program, seed: UInt64) throws {
    self.program = program
    random = SeededGenerator(seed: seed)
    offset = [0, 0.4, -3600, 7200, 95].randomElement(using: &random) ?? 0
    named = Bool.random(using: &random)
    hasTokens = seed.isMultiple(of: 2)
    for connection in 0..<Int.random(in: 1...3, using: &random) { try send(connection) }
    try sendAnotherCampaign()
    for _ in 0..<Int.random(in: 0...8, using: &random) { strangersSession() }
    if program == .openSMTPD || program == .postfix { noise() }
  }

  private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }
  private mutating func seconds(_ range: ClosedRange<Double>) -> Double { Double.random(in: range, using: &random) }

  private static func moment(_ seconds: TimeInterval) -> Date { start.addingTimeInterval(seconds) }
  private static func messageID(_ name: String) -> String { "eb.\(name)@kanzlei-it.example" }
  private static let sender = "support@kanzlei-it.example"

  private func sender(of name: String) -> String { hasTokens ? "bounce+\(name)@kanzlei-it.example" : Self.sender }

  // MARK: Ours

  /// One connection's letters, over five minutes; a lost answer ends the session and begins another.
  private mutating func send(_ connection: Int) throws {
    var time = seconds(0...10)
    var session = newSession()
    var number = connection * 1000
    while time < 300 {
      number += 1
      // Some customers share an address; some get two letters.
      let recipient = "k\(chance(15) ? 7 : number)@kanzlei.example"
      let name = "m\(number)"
      let letter = (id: try MessageID(parsing: "<\(Self.messageID(name))>"), recipient: try EmailAddress(recipient))
      let claimed = time - seconds(0...0.5)
      if chance(80) {
        let relayNumber = message(at: time, session, from: sender(of: name), to: recipient, name, .taken)
        let at = time + seconds(0.05...0.9)
        let reply = named ? replyText(relayNumber) : "2.0.0 Ok"
        accepted.append(
          AcceptedLetter(
            messageID: letter.id, sender: try EmailAddress(sender(of: name)), recipient: letter.recipient,
            relay: "main",
            at: Self.moment(at), reply: reply))
        others.append(
          AttemptedLetter(
            messageID: letter.id, recipient: letter.recipient, from: Self.moment(claimed), to: Self.moment(at),
            reply: reply))
        time = at
      } else {
        // Killed processes do not know when it ended; and a relay may take its time.
        let isKilled = chance(20)
        let end = isKilled ? claimed + 1800 : time + seconds(0.05...2)
        let fate: Fate = chance(50) ? .taken : chance(50) ? .begun : .nothing
        if fate != .nothing {
          let late = program == .postfix && fate == .taken && chance(20) ? seconds(0...4) : 0
          _ = message(at: time, session, from: sender(of: name), to: recipient, name, fate, after: late)
        }
        truth[Int64(number)] = fate == .taken
        attempts.append(
          UncertainAttempt(
            message: Int64(number), messageID: letter.id, sender: try EmailAddress(sender(of: name)),
            recipient: letter.recipient, relay: "main", attempts: 1, first: Self.moment(claimed),
            begin: Self.moment(claimed), end: Self.moment(end)))
        others.append(
          AttemptedLetter(
            messageID: letter.id, recipient: letter.recipient, from: Self.moment(claimed),
            to: Self.moment(claimed + 1800), reply: nil))
        time = isKilled ? time + 2 : end
        close(session, at: time)
        session = newSession()
      }
      time += seconds(0.2...Self.pause / 4)
    }
    close(session, at: time)
  }

  private mutating func sendAnotherCampaign() throws {
    guard chance(60) else { return }
    var time = seconds(-600...900)
    let session = newSession()
    for number in 0..<Int.random(in: 1...12, using: &random) {
      let recipient = "k\(Int.random(in: 1...40, using: &random))@kanzlei.example"
      let isAccepted = chance(80)
      let relayNumber = message(at: time, session, from: Self.sender, to: recipient, "other\(number)", .taken)
      others.append(
        AttemptedLetter(
          messageID: try MessageID(parsing: "<\(Self.messageID("other\(number)"))>"),
          recipient: try EmailAddress(recipient), from: Self.moment(time - 0.3),
          to: Self.moment(isAccepted ? time + 0.5 : time + 1800),
          reply: isAccepted ? (named ? replyText(relayNumber) : "2.0.0 Ok") : nil))
      time += seconds(0.5...4)
    }
    close(session, at: time)
  }

  // MARK: Strangers

  /// Support's own answers, and whatever else: our sender or not, our customers, the Message-IDs of delivered letters.
  private mutating func strangersSession() {
    let reused = program == .openSMTPD && chance(15) ? sessionIDs.randomElement(using: &random) : nil
    let session = newSession(reused)
    var time = seconds(reused == nil ? -900...1500 : 400...1500)
    for number in 0..<Int.random(in: 1...4, using: &random) {
      var recipient = "k\(Int.random(in: 1...40, using: &random))@kanzlei.example"
      // Just when a letter to the same customer is on the wire.
      if chance(40), reused == nil, let attempt = attempts.randomElement(using: &random) {
        recipient = attempt.recipient.key
        time = attempt.begin.timeIntervalSince(Self.start) + seconds(-2...40)
      }
      var name = "stranger\(Int.random(in: 0...9999, using: &random))"
      if chance(40), let known = accepted.randomElement(using: &random) {
        name = String("\(known.messageID)".dropFirst(4).prefix { $0 != "@" })
      } else if chance(15), program != .openSMTPD, let attempt = attempts.randomElement(using: &random) {
        // A preview of the letter, sent to the operators themselves.
        name = String("\(attempt.messageID)".dropFirst(4).prefix { $0 != "@" })
        recipient = "support@kanzlei-it.example"
      }
      let sender = chance(60) ? Self.sender : "k\(number)@kanzlei.example"
      _ = message(at: time, session, from: sender, to: recipient, name, chance(80) ? .taken : .begun)
      time += seconds(0.5...5)
    }
    close(session, at: time)
  }

  /// Lines that quote what clients say, and others of the relay that show nothing.
  private mutating func noise() {
    for attempt in attempts where chance(30) {
      let time = attempt.begin.timeIntervalSince(Self.start) + seconds(0...3)
      let id = "\(attempt.messageID)"
      if program == .openSMTPD {
        log(
          time,
          "\(sessionIDs.randomElement(using: &random) ?? "") smtp failed-command command=\"X smtp envelope "
            + "evpid=1111111122222222 from=<\(Self.sender)> to=<\(attempt.recipient.key)>\" result=\"500 5.5.1 Invalid command\""
        )
      } else {
        log(time, "postfix/smtpd[1]: warning: non-SMTP command from c[192.0.2.9]: 4DD53FC6048: message-id=\(id)")
      }
    }
  }

  // MARK: The relay

  private mutating func newSession(_ id: String? = nil) -> String {
    let id = id ?? hex(16)
    if !sessionIDs.contains(id) { sessionIDs.append(id) }
    opened = nil
    return id
  }

  /// The open session's first line is written with its first message.
  private var opened: String?

  private mutating func close(_ session: String, at time: TimeInterval) {
    guard program == .openSMTPD, opened == session else { return }
    opened = nil
    log(time + 0.01, "\(session) smtp disconnected reason=quit")
  }

  private mutating func hex(_ digits: Int) -> String {
    String((0..<digits).map { _ in "0123456789abcdef".randomElement(using: &random) ?? "0" })
  }

  /// A queue ID that nothing has at that time; after it was removed it may come again.
  private mutating func queueID(_ time: TimeInterval, until end: TimeInterval) -> String {
    let free = queueIDs.filter { $0.value < time - 2 }.keys.sorted()
    let id = chance(40) ? free.randomElement(using: &random) : nil
    let chosen = id ?? "4DD53F\(hex(5).uppercased())"
    queueIDs[chosen] = max(queueIDs[chosen] ?? end, end)
    return chosen
  }

  private func replyText(_ number: String) -> String {
    switch program {
    case .postfix: "2.0.0 Ok: queued as \(number)"
    case .exim: "OK id=\(number)"
    case .openSMTPD: "2.0.0 \(number) Message accepted for delivery"
    case .exchange: "2.6.0 <x> [InternalId=\(number)] Queued mail for delivery"
    }
  }

  /// Writes what the relay logs of a message, and returns its number.
  private mutating func message(
    at time: TimeInterval, _ session: String, from sender: String, to recipient: String, _ name: String, _ fate: Fate,
    after late: TimeInterval = 0
  ) -> String {
    let id = Self.messageID(name)
    let done = time + late
    switch program {
    case .postfix:
      let end = done + (fate == .taken ? seconds(0...3) : 0)
      let queueID = queueID(time, until: end)
      log(time, "postfix/smtpd[1]: \(queueID): client=c[192.0.2.1]")
      if fate == .taken || chance(50) { log(time, "postfix/cleanup[2]: \(queueID): message-id=<\(id)>") }
      guard fate == .taken else { return queueID }
      log(done, "postfix/qmgr[3]: \(queueID): from=<\(sender)>, size=9, nrcpt=1 (queue active)")
      log(end, "postfix/smtp[4]: \(queueID): to=<\(recipient)>, relay=c, dsn=2.0.0, status=sent (250 Ok)")
      log(end, "postfix/qmgr[3]: \(queueID): removed")
      return queueID
    case .exim:
      let number = "1x\(hex(4))-\(hex(6))-\(hex(2))"
      guard fate == .taken else {
        log(time, "\(number) SMTP connection lost after final dot H=(c) [192.0.2.1] P=esmtp")
        return number
      }
      log(done, "\(number) <= \(sender) H=(c) [192.0.2.1] P=esmtp S=334 id=\(id)")
      log(done + 0.1, "\(number) => \(recipient) R=r T=t H=h [192.0.2.2]")
      log(done + 0.1, "\(number) Completed")
      return number
    case .openSMTPD:
      if opened != session {
        opened = session
        log(time - 0.01, "\(session) smtp connected address=127.0.0.1 host=localhost")
      }
      let number = hex(8)
      guard fate == .taken else { return number }
      log(done, "\(session) smtp message msgid=\(number) size=9 nrcpt=1 proto=ESMTP")
      log(done, "\(session) smtp envelope evpid=\(number)\(hex(8)) from=<\(sender)> to=<\(recipient)>")
      return number
    case .exchange:
      let number = "\(Int.random(in: 1000...9999, using: &random))"
      let event = fate == .taken ? "RECEIVE" : "HARECEIVE"
      log(done, "\(event),\(number),<\(id)>,\(recipient),\(sender)")
      return number
    }
  }

  private mutating func log(_ time: TimeInterval, _ text: String) { lines.append((time, text)) }

  // MARK: The log

  enum Damage: CaseIterable { case none, cutStart, cutEnd, cutMiddle, halfOfIt, lossy }

  /// The log in one file or several, in any order, whole or damaged.
  mutating func files(_ damage: Damage) -> [(name: String, text: String)] {
    var kept = lines.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }.map(\.element)
    kept.insert((-7200, quiet), at: 0)
    kept.append((9000, quiet))
    let cut = seconds(-60...400)
    switch damage {
    case .none: break
    case .cutStart: kept.removeAll { $0.time < cut }
    case .cutEnd: kept.removeAll { $0.time > cut }
    case .cutMiddle:
      let length = seconds(2 * Self.pause...400)
      kept.removeAll { (cut...cut + length).contains($0.time) }
    case .halfOfIt:
      // One of two machines behind one name: every other message is in the other's log.
      kept = kept.filter { $0.text == quiet || $0.text.hashed % 2 == 0 }
    case .lossy:
      for index in kept.indices.reversed() where chance(40) { kept.remove(at: index) }
    }
    let parts = Int.random(in: 1...3, using: &random)
    let bounds = [0] + (1..<parts).map { $0 * kept.count / parts } + [kept.count]
    var files = zip(bounds, bounds.dropFirst()).enumerated().map { number, range in
      (name: "mail.log.\(number)", text: header + kept[range.0..<range.1].map { line($0.time, $0.text) }.joined())
    }
    if chance(20) { files.append((name: "copy", text: files[0].text)) }
    return files.shuffled(using: &random)
  }

  private var quiet: String {
    switch program {
    case .postfix: "postfix/anvil[1]: statistics: none"
    case .exim: "End queue run: pid=1"
    case .openSMTPD: "info: OpenSMTPD 6.8.0p2"
    case .exchange: "NOTIFYMAPI,1,<none@x.example>,x@x.example,x@x.example"
    }
  }

  private var header: String {
    program == .exchange
      ? "#Fields: date-time,event-id,internal-message-id,message-id,recipient-address,return-path\n" : ""
  }

  private func line(_ time: TimeInterval, _ text: String) -> String {
    let stamp = RFC3339.string(Self.moment(time + offset))
    return switch program {
    case .postfix: "\(stamp.prefix(19))Z relay \(text)\n"
    case .exim: "\(stamp.prefix(10)) \(stamp.dropFirst(11).prefix(8)) \(text)\n"
    case .openSMTPD: "\(stamp.prefix(19))Z relay smtpd[1]: \(text)\n"
    case .exchange: "\(stamp),\(text)\n"
    }
  }
}

extension String {
  /// The same for lines of one message: by its queue ID or session.
  fileprivate var hashed: Int {
    let words = split { " ,:".contains($0) }
    let key =
      words.first { $0.count >= 8 && $0.allSatisfy { $0.isHexDigit || $0 == "-" || $0 == "x" } } ?? words.last ?? ""
    return key.utf8.reduce(0) { ($0 * 31 + Int($1)) % 1_000_003 }
  }
}
