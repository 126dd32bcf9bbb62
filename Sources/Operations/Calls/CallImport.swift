import Campaigns
public import Foundation
import Queue
import Receipts
import Reports

/// Takes the calls from a form that was filled in (``CallForm``), in whatever a spreadsheet program made of it.
///
/// All rows or none, unless the others are to be recorded; the same file a second time adds nothing. Fails with the kind
/// `data`: the file, or rows of it, each with its line, column and customer.
public struct CallImport: Sendable {
  /// A row that cannot be recorded.
  public struct Fault: Sendable, Hashable {
    public let line: Int
    /// The column's title; nil when it is the whole row.
    public let column: String?
    /// The customer's id; empty where the row has none.
    public let customer: String
    public let message: OperatorMessage

    /// `form.csv:7: customer 1002, column “Ergebnis”: …`
    func text(_ file: String) -> OperatorMessage {
      let place = (customer.isEmpty ? [] : ["customer \(customer)"]) + (column.map { ["column “\($0)”"] } ?? [])
      return "\(file):\(line): " + OperatorMessage(place.isEmpty ? "" : place.joined(separator: ", ") + ": ") + message
    }
  }

  public struct Result: Sendable {
    public let recorded: CallRecording.Result
    /// Rows in which nothing is filled in.
    public let empty: Int
    /// Rows that were left out, with their reasons.
    public let rejected: [OperatorMessage]
  }

  private let recording: CallRecording
  private let times: CallTime

  /// - Parameter day: `YYYY-MM-DD`, the day of rows that give a time of day alone; nil when there are none.
  public init(
    _ location: CampaignLocation, _ allowance: CallRecording.Allowance, day: String?, _ dependencies: Dependencies
  ) throws {
    recording = CallRecording(location, allowance, dependencies)
    let date = day.flatMap { CalendarDate($0) }
    guard day == nil || date != nil else { throw OperatorError(.usage, "--day is a day such as 2026-11-30.") }
    times = CallTime(location, dependencies, day: date)
  }

  /// - Parameter withoutRejected: Records the rows that can be when others cannot.
  public func run(_ file: URL, withoutRejected: Bool) async throws -> Result {
    let (location, dependencies) = (recording.location, recording.dependencies)
    let opened = try await OpenedCampaign(location, dependencies).launchedWithCustomers()
    let table: FormTable
    do throws(CustomerFileError) {
      let forms = CallForm.allCases.flatMap { [$0.columns(isShort: false), $0.columns(isShort: true)] }
      table = try FormTable(
        file, columns: forms, needed: [CallForm.Column.customer.rawValue, CallForm.Column.outcome.rawValue])
    } catch {
      throw OperatorError(.data, "\(error)\nNothing was recorded. \(step: .callForm) makes the form.")
    }
    var faults: [Fault] = []
    var found: [(line: Int, call: CallRecord)] = []
    var empty = 0
    for row in table.rows {
      switch read(row, table.titles) {
      case .empty: empty += 1
      case .fault(let fault): faults.append(fault)
      case .call(let call): found.append((row.line, call))
      }
    }
    // In the order of the calls, so that one of the morning does not come after one of the afternoon.
    found.sort { ($0.call.at, $0.line) < ($1.call.at, $1.line) }
    var histories = try await opened.store.calls(in: opened.record.id)
    let allowed = try await admitted(found, &histories, opened, &faults)
    faults.sort { $0.line < $1.line }
    let texts = faults.map { $0.text(table.name) }
    guard faults.isEmpty || withoutRejected else {
      throw OperatorError(
        .data,
        texts.joined(separator: "\n") + """

          \(pluralized(faults.count, "row")) cannot be recorded, so nothing was. Correct the file and import it again, or \
          record the others with --without-rejected.
          """)
    }
    return Result(recorded: try await recording.record(allowed), empty: empty, rejected: texts)
  }

  /// The calls that may be recorded one after the other, known ones among them.
  private func admitted(
    _ found: [(line: Int, call: CallRecord)], _ histories: inout [String: CallHistory], _ opened: LaunchedCampaign,
    _ faults: inout [Fault]
  ) async throws -> [CallRecord] {
    let rule = try await CallAdmission(
      found.map(\.call), of: opened.record, in: opened.store, recording.allowance, at: recording.dependencies.now)
    var known: [String: Bool] = [:]
    var calls: [CallRecord] = []
    for (line, call) in found {
      if known[call.customer] == nil {
        known[call.customer] = try await opened.store.customer(call.customer, in: opened.record.id) != nil
      }
      let history = histories[call.customer] ?? CallHistory()
      if !history.calls.contains(where: call.isSame) {
        if let refusal = rule.refusal(of: call, known[call.customer] == true ? history : nil) {
          faults.append(
            Fault(
              line: line, column: nil, customer: call.customer,
              message: refusal.message(call, in: recording.location.name)))
          continue
        }
        histories[call.customer] = CallHistory(history.calls + [call])
      }
      calls.append(call)
    }
    return calls
  }

  private enum Reading {
    case empty
    case fault(Fault)
    case call(CallRecord)
  }

  private func read(_ row: FormTable.Row, _ titles: [String?]) -> Reading {
    func cell(_ column: CallForm.Column) -> String { row.cells[column.rawValue] }
    func fault(_ column: CallForm.Column?, _ message: OperatorMessage) -> Reading {
      .fault(
        Fault(
          line: row.line, column: column.flatMap { titles[$0.rawValue] }, customer: cell(.customer), message: message))
    }
    if let broken = row.fault { return fault(nil, "\(broken).") }
    guard [.caller, .outcome, .note, .time].contains(where: { !cell($0).isEmpty }) else { return .empty }
    // As the form was written: what a spreadsheet program would take for a formula has an apostrophe in front.
    let id = cell(.customer)
    let customer =
      id.hasPrefix("'") && id.dropFirst().first.map { "=+-@".contains($0) } == true ? id.dropFirst() : id[...]
    guard !customer.isEmpty else { return fault(.customer, "it is not said whom the call was to.") }
    // In the language of the form: whoever mends it has filled it in.
    let form = CallForm.allCases.first { $0.isTitle(titles[CallForm.Column.outcome.rawValue] ?? "", of: .outcome) }
    let words = CallOutcome.allCases.map { "“\(form?.word($0) ?? $0.rawValue)”" }.joined(separator: ", ")
    guard !cell(.outcome).isEmpty else { return fault(.outcome, "the outcome is missing: one of \(words).") }
    guard let outcome = CallOutcomeWords.outcome(cell(.outcome)) else {
      return fault(.outcome, "“\(cell(.outcome).prefix(40))” is no outcome: write one of \(words).")
    }
    func lacks(_ column: CallForm.Column) -> OperatorMessage {
      guard titles[column.rawValue] == nil, let form else { return "" }
      return " The file has no column “\(form.columns(isShort: true)[column.rawValue])”."
    }
    guard !cell(.caller).isEmpty else { return fault(.caller, "it is not said who called." + lacks(.caller)) }
    let caller: ApproverName
    do throws(ApproverNameError) {
      caller = try ApproverName(cell(.caller))
    } catch {
      return fault(.caller, "this is no name: \(error).")
    }
    guard !cell(.time).isEmpty else {
      return fault(.time, "the time is missing: write it as “2026-11-30 14:05”." + lacks(.time))
    }
    guard let at = times.date(cell(.time)) else {
      return fault(
        .time,
        """
        “\(cell(.time).prefix(40))” is no time: write it as “2026-11-30 14:05” or “30.11.2026 14:05”; of which day a time \
        without one is says --day.
        """)
    }
    return .call(
      CallRecord(customer: String(customer), at: at, outcome: outcome, caller: caller.text, note: cell(.note)))
  }
}
