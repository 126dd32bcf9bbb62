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
  /// Apart from ``phase``, so that the bytes it gathers have one owner and are never copied.
  private var reader: MessageReader?

  init(options: RelayOptions, desk: FaultInjector, books: RelayBooks) {
    self.options = options
    self.desk = desk
    self.books = books
  }

  static let greeting = Reply(220, nil, "localhost ESMTP rehearsal relay, nothing is delivered")
  static let tooManyConnections = Reply(421, "4.7.0", "Too many connections")

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
      if case .login(let exchange) = phase { return .reply(advance(exchange, with: line)) }
      return answer(RelayCommand(line))
    }
  }

  private mutating func answer(_ command: RelayCommand) -> Step {
    switch command {
    case .ehlo:
      (extended, transaction) = (true, nil)
      return .reply(Reply(250, lines: ["localhost"] + capabilities))
    case .helo:
      (extended, transaction) = (false, nil)
      return .reply(Reply(250, nil, "localhost"))
    case .mail(let mail): return answerMail(mail)
    case .rcpt(let path): return answerRecipient(path)
    case .data: return .reply(answerData())
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
    if options.extensions.contains(.pipelining) { lines.append("PIPELINING") }
    if options.extensions.contains(.size) { lines.append("SIZE \(options.maximumSize)") }
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
    if books.refusesEverything { return .reply(Reply(554, "5.7.1", "Sender rejected: this relay takes nothing")) }
    if let size = mail.size, size > options.maximumSize { return .reply(Self.tooBig) }
    if desk.hasShutdown, let line = input.peekLine(limit: Self.commandLimit), case .rcpt(let path) = RelayCommand(line),
      let due = desk.due(for: path.address), due.fault == .shutdown
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
    if let due = desk.due(for: path.address) {
      if due.fault == .shutdown { return shutDown(due) }
      if let reply = due.fault.recipientReply {
        act(due)
        return .reply(reply)
      }
      transaction.due = transaction.due ?? due
    }
    transaction.recipients.append(path.address)
    self.transaction = transaction
    return .reply(Reply(250, "2.1.5", "Ok"))
  }

  private mutating func shutDown(_ due: FaultInjector.Due) -> Step {
    act(due)
    return end(.farewell(Reply(421, "4.3.2", "Service shutting down")))
  }

  // MARK: The message

  private static let tooBig = Reply(552, "5.3.4", "Message too big")

  private mutating func answerData() -> Reply {
    guard let transaction else { return .sequence }
    if transaction.recipients.isEmpty { return Reply(554, "5.5.1", "No valid recipients") }
    reader = MessageReader(maximumSize: options.maximumSize, expected: transaction.mail.size)
    phase = .message
    return Reply(354, nil, "End data with <CR><LF>.<CR><LF>")
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
    switch reader.fault {
    case .bareLineEnd: return .reply(Reply(550, "5.6.0", "Message has a bare CR or LF"))
    case .lineTooLong: return .reply(Reply(550, "5.6.0", "Message has a line of more than 1000 octets"))
    case .tooBig: return .reply(Self.tooBig)
    case nil: return settle(transaction, reader.bytes)
    }
  }

  private mutating func settle(_ transaction: Transaction, _ bytes: [UInt8]) -> Step {
    let due = transaction.due
    if let due { act(due) }
    switch due?.fault {
    case .reject: return .reply(Reply(554, "5.7.1", "Message content rejected"))
    case .lostMessage: return end(.hangUp)
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
    books.count(due.fault)
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
