public import Campaigns
public import Delivery
import Foundation
import Letters
import Mail
import Preflight
import Receipts

/// The letter of one customer, made as a test: to another address, and marked.
struct TestLetter: Sendable {
  let customer: Customer
  /// The letter's name.
  let name: String
  let recipient: EmailAddress
  let envelope: Envelope
  let messageID: MessageID
  /// The customer's own letter is encrypted, and this one is not.
  let lacksEncryption: Bool
  private let eightBit: [UInt8]?
  private let quotedPrintable: [UInt8]
  private let needsSMTPUTF8: Bool

  /// - Parameter frozenAt: When the plan was frozen; nil before the launch.
  init(
    _ order: TestLetterRun.Order, _ loaded: LoadedCampaign, frozenAt: Date?, _ dependencies: Dependencies
  ) throws {
    let sender = loaded.campaign.sender
    let found = try loaded.customerLetters(order.customer, letter: order.letter, needsOne: true)
    customer = found.customer
    guard let name = found.letters.first else {
      let what = found.outcome.kind == .phone ? "is called" : "needs nothing"
      throw OperatorError(.data, "customer “\(customer.id)” gets no letter and \(what); nothing was sent.")
    }
    self.name = name
    recipient = order.recipient
    try Self.requireNoOther(than: customer, at: recipient, in: loaded)
    let now = dependencies.now
    let signer = try (frozenAt.map(loaded.keys.frozen) ?? loaded.keys).requiredSigner()
    // A key of its own: another Message-ID each time, and none that a letter of the campaign has.
    let key = dependencies.randomBytes(32)
    let composer = LetterComposer(campaign: loaded.campaign, key: key, signer: signer)
    let letter = try loaded.renderer(date: loaded.campaign.localTime(frozenAt ?? now)).letter(name, for: customer)
    let (customer, recipient) = (customer, recipient)
    func bytes(_ encoding: TransferEncoding) throws -> [UInt8] {
      try composer.bytes(for: letter, to: customer, date: now, encoding: encoding, test: recipient)
    }
    quotedPrintable = try bytes(.quotedPrintable)
    eightBit = composer.allowsEightBit ? try bytes(.eightBit) : nil
    messageID = try composer.messageID(of: name, forCustomer: customer.id)
    needsSMTPUTF8 = sender.needsSMTPUTF8 || !recipient.isASCII
    envelope = LetterEnvelopes(campaign: loaded.campaign, key: key).envelope(of: messageID, to: recipient)
    lacksEncryption =
      signer.map { signer in
        customer.contact.map(signer.encrypts) ?? false && !signer.encrypts(to: recipient)
      } ?? false
  }

  /// A test to an address of another customer would show them a stranger's letter.
  private static func requireNoOther(
    than customer: Customer, at address: EmailAddress, in loaded: LoadedCampaign
  ) throws {
    var reader = loaded.book.customers()
    while let other = try reader.next() {
      let addresses = other.mailboxes.map(\.address) + [other.contact].compactMap { $0 }
      guard other.id != customer.id, addresses.contains(where: { $0.key == address.key }) else { continue }
      throw OperatorError(
        .usage,
        """
        --to: \(address.displayText) is an address of customer “\(other.id)”, who would read the letter of customer \
        “\(customer.id)”; nothing was sent. Name an address of your own.
        """)
    }
  }

  /// The whole message as a relay with these capabilities takes it.
  func message(for relay: RelayCapabilities) -> (bytes: [UInt8], encoding: TransferEncoding) {
    guard relay.eightBitMIME, let eightBit else { return (quotedPrintable, .quotedPrintable) }
    return (eightBit, .eightBit)
  }

  /// Why the relay cannot take it; nil when it can.
  func objection(to capabilities: RelayCapabilities, of relay: Relay) -> RelayUnavailable? {
    if needsSMTPUTF8, !capabilities.smtpUTF8 {
      return RelayUnavailable(
        kind: .refused, phase: .ehlo, reply: nil,
        message: "\(relay.host):\(relay.port) does not offer SMTPUTF8, which the letter's addresses need.")
    }
    let needs = LetterNeeds(largest: message(for: capabilities).bytes.count, international: 0)
    return needs.objection(to: capabilities).map {
      RelayUnavailable(
        kind: .refused, phase: .ehlo, reply: nil, message: "\(relay.host):\(relay.port) \($0). \(LetterNeeds.advice)")
    }
  }
}

/// What became of a test letter.
public struct TestLetterResult: Sendable {
  public enum Outcome: String, Sendable {
    case accepted, refused, deferred
    /// Nobody can know whether the relay has it.
    case uncertain

    /// What it is to a command; nil for a letter that was taken, or may have been.
    public var kind: OperatorError.Kind? {
      switch self {
      case .refused: .relay
      case .deferred: .stopped
      case .accepted, .uncertain: nil
      }
    }
  }
  public let customer: String
  public let letter: String
  public let recipient: String
  public let messageID: String
  public let relay: Relay
  /// The relays before it that could not be used.
  public let troubles: [String]
  public let outcome: Outcome
  public let phase: Phase
  /// The relay's reply; nil where the connection was lost.
  public let reply: Reply?
  /// Why there is no reply.
  public let loss: String?
  /// The customer's letter is encrypted, and the test was not: there is no certificate for its address.
  public let lacksEncryption: Bool

  init(_ letter: TestLetter, relay: Relay, troubles: [RelayUnavailable], _ result: SendResult) {
    customer = letter.customer.id
    self.letter = letter.name
    recipient = letter.recipient.displayText
    messageID = "\(letter.messageID)"
    self.relay = relay
    self.troubles = troubles.map(\.message)
    lacksEncryption = letter.lacksEncryption
    switch result {
    case .answered(let phase, let reply):
      self.phase = phase
      self.reply = reply
      loss = nil
      outcome = reply.isPositive && phase == .final ? .accepted : reply.isPermanent ? .refused : .deferred
    case .lost(let phase, let reason, let dotSent):
      self.phase = phase
      reply = nil
      loss = reason
      outcome = dotSent ? .uncertain : .deferred
    case .notStarted(let reason, let reply):
      phase = .mail
      self.reply = reply
      loss = reason
      outcome = .deferred
    case .stopped(let phase, let dotSent):
      self.phase = phase
      reply = nil
      loss = "stopped"
      outcome = dotSent ? .uncertain : .deferred
    }
  }

  /// What the reply means, as `explain` says it; nil without one, and where it was taken.
  public var explanation: ReplyExplanation? {
    guard outcome != .accepted, let reply else { return nil }
    return ReplyExplanation("\(reply.code) \(reply.text)", at: phase)
  }

  /// What became of the letter, in lines; what the reply means is ``explanation``.
  public var lines: [String] {
    let place = "\(relay.name) (\(relay.host):\(relay.port))"
    var lines = ["Test letter “\(letter)” of customer \(customer) to \(recipient), through \(place):"]
    let words = reply?.oneLine ?? loss ?? ""
    switch outcome {
    case .accepted: lines.append("accepted by the relay: \(words)")
    case .refused: lines.append("refused at \(phase.rawValue): \(words)")
    case .deferred where reply == nil:
      lines.append("not sent: the connection ended at \(phase.rawValue): \(words). Try again.")
    case .deferred: lines.append("put off at \(phase.rawValue): \(words). It is not tried again by itself.")
    case .uncertain:
      lines.append(
        "uncertain: it was sent whole, and the answer is missing (\(words)). Look into the mailbox before you try again."
      )
    }
    if lacksEncryption {
      lines.append("Not encrypted, unlike the customer's: `encrypt_to` has no certificate for this address.")
    }
    return lines
  }
}
