public import Foundation
import Letters
public import Queue
import Receipts
import Synchronization

/// How far the telephone list of a campaign is worked off, in customers; as `status --json` has it.
public struct CallFigures: Sendable, Hashable, Encodable {
  /// To be called, or to be written to, and not told yet: the sum of the next four.
  public private(set) var open = 0
  public private(set) var untried = 0
  /// By their last call.
  public private(set) var noAnswer = 0
  public private(set) var wrongNumber = 0
  public private(set) var letterWanted = 0
  /// Told on the telephone, whether they were on the list or not.
  public private(set) var reached = 0
  /// Calls that were made, to whomever.
  public private(set) var made = 0
  /// Open ones with a letter that is not accepted, or not for certain. Not part of the document.
  public private(set) var openForLetters = 0

  public init() {}

  private enum CodingKeys: String, CodingKey {
    case open, untried, reached, made
    case noAnswer = "no_answer"
    case wrongNumber = "wrong_number"
    case letterWanted = "letter_wanted"
  }

  /// Counts in time that grows with the customers who may be on the list alone.
  public static func read(
    of record: CampaignRecord, in store: any CallStore, at now: Date
  ) async throws -> CallFigures {
    let calls = try await store.calls(in: record.id)
    let deadline = record.plan.deadline
    let figures = Mutex(CallFigures(calls.values))
    try await store.forEachCustomerToCall(in: record.id, late: now >= deadline) { customer in
      let causes = CallReport.causes(customer, deadline: deadline, at: now)
      figures.withLock { $0.count(causes, calls[customer.id] ?? CallHistory()) }
    }
    return figures.withLock { $0 }
  }

  /// Who was reached, and what was made; the open ones are counted one after the other.
  init(_ histories: some Sequence<CallHistory>) {
    for history in histories {
      made += history.calls.count
      if history.told != nil { reached += 1 }
    }
  }

  mutating func count(_ causes: [CallCause], _ history: CallHistory) {
    guard !causes.isEmpty, history.told == nil else { return }
    open += 1
    if causes.contains(where: \.kind.isAboutLetter) { openForLetters += 1 }
    guard !history.wantsLetter else {
      letterWanted += 1
      return
    }
    switch history.last?.outcome {
    case .wrongNumber: wrongNumber += 1
    case .noAnswer: noAnswer += 1
    case .letterWanted: letterWanted += 1
    // One who was reached and is not told: by a wrong number.
    case .reached: wrongNumber += 1
    case nil: untried += 1
    }
  }
}

extension CallCause.Kind {
  /// The letter is lost or late, or nobody knows; not the case where the call was planned.
  var isAboutLetter: Bool {
    switch self {
    case .request, .noAddress, .rejectedRow: false
    case .excluded, .refused, .expired, .uncertain, .uncertainCancelled, .unsent, .unaccepted, .late, .lateExpired,
      .bounced:
      true
    }
  }
}

extension CallOutcome {
  /// The key of its figure in a document: `no_answer`.
  var figure: String { rawValue.replacing("-", with: "_") }
}
