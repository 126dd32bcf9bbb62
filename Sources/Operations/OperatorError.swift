public import Foundation

/// The reason why an operation could not be done: the kind, and what is wrong, where, and what to do.
///
/// Thrown before anything is half done, unless the message says otherwise. The kind decides the exit status of a
/// command.
public struct OperatorError: Error, Sendable, Hashable {
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// The operation does not fit the campaign, or its parameters do not fit each other.
    case usage
    /// The customer file, templates, receipts or DNS are wrong.
    case data
    /// No relay can be used, or it refuses us.
    case relay
    case cannotWrite
    /// Stopped before the end, or not released yet; resume later.
    case stopped
    case campaignFile
    /// A fault of this program.
    case software
  }

  public let kind: Kind
  public let message: OperatorMessage

  public init(_ kind: Kind, _ message: OperatorMessage) {
    self.kind = kind
    self.message = message
  }
}

/// A message for the operator, with times and next steps kept as values: the command writes times in the zone it names
/// and steps as commands, a page shows them its own way.
///
/// ```swift
/// throw OperatorError(.usage, "\(name) was never launched: \(step: .launch(withoutRejected: false)) begins it.")
/// ```
public struct OperatorMessage: Sendable, Hashable, ExpressibleByStringInterpolation {
  public enum Piece: Sendable, Hashable {
    case text(String)
    case time(Date)
    /// A time of today, without its date.
    case clock(Date)
    /// Seconds.
    case span(TimeInterval)
    case step(NextStep)
  }

  public private(set) var pieces: [Piece]

  public init(stringLiteral text: String) { pieces = [.text(text)] }
  public init(_ text: String) { pieces = [.text(text)] }
  public init(stringInterpolation: StringInterpolation) { pieces = stringInterpolation.pieces }

  public static func + (left: OperatorMessage, right: OperatorMessage) -> OperatorMessage {
    var sum = left
    sum.pieces += right.pieces
    return sum
  }

  /// The next steps it names, in order.
  public var steps: [NextStep] {
    pieces.compactMap { piece in
      if case .step(let step) = piece { step } else { nil }
    }
  }

  public struct StringInterpolation: StringInterpolationProtocol {
    var pieces: [Piece] = []

    public init(literalCapacity: Int, interpolationCount: Int) {}
    public mutating func appendLiteral(_ literal: String) { pieces.append(.text(literal)) }
    public mutating func appendInterpolation(_ value: some Any) { pieces.append(.text("\(value)")) }
    public mutating func appendInterpolation(_ message: OperatorMessage) { pieces += message.pieces }
    public mutating func appendInterpolation(time: Date) { pieces.append(.time(time)) }
    public mutating func appendInterpolation(clock: Date) { pieces.append(.clock(clock)) }
    public mutating func appendInterpolation(span: TimeInterval) { pieces.append(.span(span)) }
    public mutating func appendInterpolation(step: NextStep) { pieces.append(.step(step)) }
  }
}

extension Sequence<OperatorMessage> {
  public func joined(separator: String) -> OperatorMessage {
    var joined = OperatorMessage("")
    for (index, message) in enumerated() {
      joined = joined + (index == 0 ? message : OperatorMessage(separator) + message)
    }
    return joined
  }
}

/// A number with its noun, in the singular for one: `1 row`, `2 rows`.
public func pluralized(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

/// A next step of the operator, as a value: a command line shows the command to type, a page a button.
public enum NextStep: Sendable, Hashable {
  case check
  /// The rows that are to be corrected, as a file.
  case checkRejected
  case checkOnline(resolver: String?)
  case approve(withoutRejected: Bool)
  case launch(withoutRejected: Bool)
  /// Although the deadline cannot be kept.
  case launchLate(withoutRejected: Bool)
  case rehearse
  case rehearseAtSpeed
  /// One customer's letter; nil for a customer the operator names.
  case preview(customer: String?)
  case previewSample
  /// The figures, again and again.
  case watch
  /// The worker of the queue folder.
  case work
  case resume, resumeFrozen, pause, cancel, status, report, calls, reasons, purge, verifyReceipts, settle
  case showReceipts(customer: String)
  case proveReceipts(customer: String)
  case callList
  /// An export of the mail server is read: who has changed the password.
  case changed
  /// A form for a call centre.
  case callForm
  case settleByLog
  case settleAsAccepted
  case sendAgain
  /// Of another campaign of the same queue folder.
  indirect case other(campaign: String, NextStep)
}
