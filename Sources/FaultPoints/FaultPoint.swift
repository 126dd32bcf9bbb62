#if FAULT_POINTS
  import Foundation

  /// A named place between claim and receipt at which a test ends this process, or stops it.
  ///
  /// Debug builds only; in release builds passing a point does nothing, and no name of a point is in the program. Armed
  /// by `EILBRIEF_FAULT=point` or `point:N` (the N-th passing, from 1), read once. `EILBRIEF_FAULT_ACTION` is `kill`
  /// (SIGKILL, the default), `stop` (SIGSTOP), or `tell`: write the name of every point that is passed to standard
  /// error, then continue. A name that does not exist is a ``mistake``, with which the program ends before it has done
  /// anything.
  public enum FaultPoint: String, Sendable, CaseIterable {
    // The spool is opened.
    case lockTaken, databaseFileMade, schemaUncommitted, schemaMade
    // The plan is frozen.
    case freezeUncommitted, freezeCommitted
    // A delivery begins.
    case recoverUncommitted, recoverCommitted, stateUncommitted, stateCommitted
    // One letter: claimed, sent, answered, recorded.
    case claimBefore, claimCommitted
    case mailBefore, rcptAnswered, bodyBefore, dotBefore, dotSent, replyRead, outcomeBefore
    // One commit of many steps. `outcomeCommitted` is passed when an outcome was among them.
    case stepsBefore, stepsUncommitted, stepsCommitted, outcomeCommitted
    // Receipts on disk. `receiptsHalfAppended` is in the middle of a write, in the middle of a line.
    case receiptsFileMade, receiptsCut, receiptsBefore, receiptsHalfAppended, receiptsAppended, receiptsSynced
    // A checkpoint. `replacementWritten` is between the new file and its new name.
    case keyMade, replacementWritten, checkpointBefore, checkpointTextWritten, checkpointWritten, checkpointTextNamed
    case checkpointNamed
    // What the operator or the schedule does.
    case expireUncommitted, expireCommitted, cancelUncommitted, cancelCommitted, resolveUncommitted, resolveCommitted
    case requestUncommitted, requestCommitted, callsUncommitted, callsCommitted
    case bouncesUncommitted, bouncesCommitted
    case changesUncommitted, changesCommitted
    // The delivery has ended and its end is not yet written down.
    case deliveryEnded, quitBefore

    public enum Action: String, Sendable, CaseIterable { case kill, stop, tell }

    public static let variable = "EILBRIEF_FAULT"
    public static let actionVariable = "EILBRIEF_FAULT_ACTION"

    /// Does what the environment asks for at this point, if it asks for anything.
    public func reached() { ArmedFault.inEnvironment?.pass(self) }

    /// Whether this passing is the one that counts: for places that have to create the fault's circumstances first,
    /// such as a write that is only half done. Asking does not count as a passing.
    public var isNext: Bool { ArmedFault.inEnvironment?.isNext(self) ?? false }

    /// Says that the environment asks for a point or an action that does not exist; nil when it does not.
    public static var mistake: String? { ArmedFault.mistake }
  }
#else
  /// Release builds: a point has no name, and passing one does nothing.
  @dynamicMemberLookup
  @frozen
  public struct FaultPoint: Sendable {
    @inlinable @inline(__always)
    public init() {}

    @inlinable @inline(__always)
    public static subscript(dynamicMember name: StaticString) -> FaultPoint { FaultPoint() }

    @inlinable @inline(__always)
    public func reached() {}

    @inlinable @inline(__always)
    public var isNext: Bool { false }

    @inlinable @inline(__always)
    public static var mistake: String? { nil }
  }
#endif
