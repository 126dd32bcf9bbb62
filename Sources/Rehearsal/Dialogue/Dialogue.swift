import NIOCore

/// The server's side of one SMTP dialogue, from the greeting to the end (RFC 5321), without any I/O.
///
/// Bytes go in with ``receive(_:)``; ``next()`` then says what is to be done, one step at a time and strictly in the
/// order of the commands, until it says ``Step/wait``. So pipelined commands (RFC 2920) need no care of their own. It
/// never fails: everything a client can send has an answer.
struct Dialogue {
  enum Step: Sendable {
    /// Nothing to do before more bytes come.
    case wait
    case reply(Reply)
    /// Reply after a time, and do nothing before it is over. Then the message counts as answered.
    case late(Reply, after: Duration, TakenMessage)
    /// Reply, then close.
    case farewell(Reply)
    /// Close without a word.
    case hangUp
    /// Say and read nothing any more, and stay connected.
    case hang
  }

  private enum Phase {
    case commands
    case login(Login.Exchange)
    /// ``reader`` is at work.
    case message
    case ended
  }

  private struct Transaction {
    let mail: RelayCommand.Mail
    var recipients: [String] = []
    /// The fate of the message; the first recipient that has such a fault decides.
    var due: FaultInjector.Due?
  }

  private static let commandLimit = 1000
  private static let recipientLimit = 100

  private let options: RelayOptions
  private let desk: FaultInjector
  private let books: RelayBooks
  private var input = LineBuffer()
  private var phase = Phase.commands
  /// Nil before EHLO or HELO, then whether it was EHLO.
  private var extended: Bool?
  private var user: String?
  private var transaction: Transaction?
  /// Letters of this connection that came to their final dot.
  private var letters = 0
  /// Apart from ``phase``, so that the bytes it gathers have one owner and are never copied.
  private var reader: MessageReader?

  init(options: RelayOptions, desk: FaultInjector, books: RelayBooks) {
    self.options = options
    self.desk = desk
    self.books = books
  }

  private static let greeting = Reply(220, nil, "localhost ESMTP rehearsal relay, nothing is delivered")

  private var rules: RelayRules { desk.rules }

  /// The first step, before any bytes.
  mutating func greet() -> Step { hang(at: .greeting) ?? .reply(Self.greeting) }

  /// The first and last step of a connection that is one too many.
  mutating func turnAway() -> Step { end(.farewell(rules.tooManyConnections)) }

  mutating func receive(_ bytes: inout ByteBuffer) {
    if case .ended = phase { return }
    input.append(&bytes)
  }

  mutating func next() -> Step {
    switch phase {
    case .ended: return .wait
    case .message: return nextOfMessage()
    case .commands, .login: break
    }
    switch input.nextLine(limit: Self.commandLimit) {
    case nil: return .wait
    case .tooLong:
      phase = .commands
      return .reply(Reply(500, "5.5.2", "Line too long"))
    case .bareLF:
      phase = .commands
      return .reply(Reply(500, "5.5.2", "Line ended by a bare LF"))
    case .line(let line):
      if rules.pipelining == .swallow { swallow() }
      if case .login(let exchange) = phase { return .reply(advance(exchange, with: line)) }
      return answer(RelayCommand(line))
    }
  }

  private mutating func answer(_ command: RelayCommand) -> Step {
    switch command {
    case .ehlo:
      if let hang = hang(at: .ehlo) { return hang }
      (extended, transaction) = (true, nil)
      return .reply(Reply(250, lines: ["localhost"] + capabilities))
    case .helo:
      (extended, transaction) = (false, nil)
      return .reply(Reply(250, nil, "localhost"))
    case .mail(let mail): return answerMail(mail)
    case .rcpt(let path): return answerRecipient(path)
    case .data: return answerData()
    case .rset:
      transaction = nil
      return .reply(.ok)
    case .noop: return .reply(.ok)
    case .vrfy: return .reply(Reply(252, "2.0.0", "Cannot verify, will take messages for it"))
    case .quit: return end(.farewell(.bye))
    case .auth(let mechanism, let initial): return .reply(answerAuth(mechanism, initial))
    case .malformed(let reply): return .reply(reply)
    }
  }

  private var capabilities: [String] {
    var lines: [String] = []
    if options.extensions.contains(.pipelining), rules.pipelining != .off { lines.append("PIPELINING") }
    if options.extensions.contains(.size) { lines.append("SIZE \(rules.maximumSize)") }
    if options.extensions.contains(.eightBitMIME) { lines.append("8BITMIME") }
    if options.extensions.contains(.smtpUTF8) { lines.append("SMTPUTF8") }
    if options.login != nil { lines.append("AUTH PLAIN LOGIN") }
    return lines + ["ENHANCEDSTATUSCODES"]
  }

  // MARK: The envelope

  private mutating func answerMail(_ mail: RelayCommand.Mail) -> Step {
    guard let extended, transaction == nil else { return .reply(.sequence) }
    let offered = extended ? options.extensions : []
    if mail.size != nil && !offered.contains(.size) || mail.eightBit != nil && !offered.contains(.eightBitMIME)
      || mail.smtpUTF8 && !offered.contains(.smtpUTF8) || mail.hasAuth && (!extended || options.login == nil)
    {
      return .reply(Reply(555, "5.5.4", "Parameter not offered"))
    }
    if options.login != nil && user == nil { return .reply(Reply(530, "5.7.0", "Authentication required")) }
    if !mail.sender.isASCII && !mail.smtpUTF8 { return .reply(Reply(553, "5.6.7", "Address needs SMTPUTF8")) }
    if let hang = hang(at: .mail) { return hang }
    if let limit = rules.sessionLimit, letters >= limit.count {
      books.count("session-limit")
      return end(.farewell(limit.reply))
    }
    if books.refusesEverything {
      books.count("refuse-all")
      return step(rules.refusal)
    }
    if let size = mail.size, size > rules.maximumSize { return tooBig() }
    if let excess = excess(at: .mail) { return excess }
    if desk.hasShutdown, let line = input.peekLine(limit: Self.commandLimit), case .rcpt(let path) = RelayCommand(line),
      let due = desk.due(for: path.address, from: mail.sender.address), due.fault == .shutdown
    {
      return shutDown(due)
    }
    transaction = Transaction(mail: mail)
    return .reply(Reply(250, "2.1.0", "Ok"))
  }

  private mutating func answerRecipient(_ path: RelayPath) -> Step {
    guard var transaction else { return .reply(.sequence) }
    if !path.isASCII && !transaction.mail.smtpUTF8 { return .reply(Reply(553, "5.6.7", "Address needs SMTPUTF8")) }
    if transaction.recipients.count == Self.recipientLimit { return .reply(Reply(452, "4.5.3", "Too many recipients")) }
    if let due = desk.due(for: path.address, from: transaction.mail.sender.address) {
      if due.fault == .shutdown { return shutDown(due) }
      if due.fault == .hang(.rcpt) { return hang(due) }
      if due.fault.answersRecipient, let reply = due.reply {
        act(due)
        return step(reply)
      }
      transaction.due = transaction.due ?? due
    }
    if let excess = excess(at: .rcpt) { return excess }
    transaction.recipients.append(path.address)
    self.transaction = transaction
    return .reply(Reply(250, "2.1.5", "Ok"))
  }

  private mutating func shutDown(_ due: FaultInjector.Due) -> Step {
    act(due)
    return end(due.reply.map(Step.farewell) ?? .hangUp)
  }

  // MARK: The message

  private mutating func answerData() -> Step {
    guard let transaction else { return .reply(.sequence) }
    if transaction.recipients.isEmpty { return .reply(Reply(554, "5.5.1", "No valid recipients")) }
    if let due = transaction.due, due.fault == .hang(.data) { return hang(due) }
    if let excess = excess(at: .data) { return excess }
    reader = MessageReader(maximumSize: rules.maximumSize, expected: transaction.mail.size)
    phase = .message
    return .reply(Reply(354, nil, "End data with <CR><LF>.<CR><LF>"))
  }

  private mutating func nextOfMessage() -> Step {
    if let due = transaction?.due, due.fault == .cutData, !input.isEmpty {
      act(due)
      return end(.hangUp)
    }
    // Both are there until the final dot: DATA is answered with 354 only within a transaction.
    guard reader?.read(&input) == true, let reader, let transaction else { return .wait }
    self.reader = nil
    self.transaction = nil
    phase = .commands
    letters += 1
    if rules.pipelining == .swallow { swallow() }
    switch reader.fault {
    case .bareLineEnd: return .reply(Reply(550, "5.6.0", "Message has a bare CR or LF"))
    case .lineTooLong: return .reply(Reply(550, "5.6.0", "Message has a line of more than 1000 octets"))
    case .tooBig: return tooBig()
    case nil: return settle(transaction, reader.bytes)
    }
  }

  private mutating func settle(_ transaction: Transaction, _ bytes: [UInt8]) -> Step {
    if let excess = excess(at: .final) { return excess }
    let due = transaction.due
    if let due { act(due) }
    switch due?.fault {
    case .reject: if let reply = due?.reply { return step(reply) }
    case .lostMessage: return end(.hangUp)
    case .hang: return end(.hang)
    default: break
    }
    let envelope = RelayBooks.Envelope(
      sender: transaction.mail.sender.address, recipients: transaction.recipients, user: user,
      eightBit: transaction.mail.eightBit == true, smtpUTF8: transaction.mail.smtpUTF8)
    let message: TakenMessage
    do {
      switch due?.fault {
      case .slow, .lostReply: message = try books.take(envelope, bytes: bytes, answered: false)
      default: message = try books.take(envelope, bytes: bytes, answered: true)
      }
    } catch {
      return .reply(Reply(451, "4.3.0", "Message cannot be stored"))
    }
    let reply = Reply(250, "2.0.0", "Ok: queued as \(message.queueID)")
    switch due?.fault {
    case .slow(let delay): return .late(reply, after: delay, message)
    case .lostReply: return end(.hangUp)
    default: return .reply(reply)
    }
  }

  private func act(_ due: FaultInjector.Due) {
    desk.spend(due)
    books.count(due.fault.word)
  }

  // MARK: Faults of the relay

  /// A reply, which ends the connection when it is a 421 (RFC 5321 §3.8).
  private mutating func step(_ reply: Reply) -> Step { reply.code == 421 ? end(.farewell(reply)) : .reply(reply) }

  private mutating func tooBig() -> Step {
    if rules.countsSize { books.count("size") }
    return step(rules.tooBig)
  }

  private mutating func excess(at phase: DialoguePhase) -> Step? {
    guard let excess = desk.excess(at: phase) else { return nil }
    books.count(excess.word)
    return step(excess.reply)
  }

  private mutating func hang(at phase: DialoguePhase) -> Step? {
    guard rules.hangs.contains(phase) else { return nil }
    books.count("hang")
    return end(.hang)
  }

  private mutating func hang(_ due: FaultInjector.Due) -> Step {
    act(due)
    return end(.hang)
  }

  /// Throws away what came in one go with the command just read.
  private mutating func swallow() {
    if input.dropRest() { books.count("pipelining") }
  }

  private mutating func end(_ step: Step) -> Step {
    phase = .ended
    reader = nil
    transaction = nil
    input.removeAll()
    return step
  }

  // MARK: AUTH

  private mutating func answerAuth(_ mechanism: String, _ initial: String?) -> Reply {
    guard let login = options.login else { return Reply(502, "5.5.1", "Command not implemented") }
    guard extended == true, user == nil, transaction == nil else { return .sequence }
    guard let exchange = Login.Exchange(mechanism: mechanism) else {
      return Reply(504, "5.5.4", "Mechanism not offered")
    }
    guard let initial else { return ask(exchange) }
    // A lone "=" stands for an empty initial response (RFC 4954 §4).
    return conclude(Login.advance(exchange, with: initial == "=" ? "" : initial, against: login))
  }

  private mutating func advance(_ exchange: Login.Exchange, with line: [UInt8]) -> Reply {
    phase = .commands
    guard let login = options.login else { return .sequence }
    return conclude(Login.advance(exchange, with: String(decoding: line, as: UTF8.self), against: login))
  }

  private mutating func conclude(_ result: Login.Result) -> Reply {
    switch result {
    case .more(let exchange): return ask(exchange)
    case .done(let user):
      self.user = user
      return Reply(235, "2.7.0", "Authentication successful")
    case .failed(let reply): return reply
    }
  }

  private mutating func ask(_ exchange: Login.Exchange) -> Reply {
    phase = .login(exchange)
    return Reply(334, nil, exchange.challenge)
  }
}
