import Campaigns
public import Foundation
public import Letters
public import Queue

/// Writes the scripts for callers, one page per customer on the call list, in the order of the plan.
///
/// The words and facts are those of the campaign file and the templates as they are now: a caller says what is known
/// today.
public struct CallScriptWriter: Sendable {
  public enum Form: Sendable, Hashable { case html, text }

  private let campaign: Campaign
  private let scripts: CallScripts
  private let form: Form

  /// Fails when the campaign file or the templates are wrong.
  public init(folder: URL, form: Form, date: Date) throws {
    campaign = try CampaignFile.read(folder: folder)
    let templates = try TemplateSet.load(folder: folder.appendingPathComponent("templates", isDirectory: true))
    scripts = try CallScripts(campaign: campaign, templates: templates, date: campaign.localTime(date))
    self.form = form
  }

  /// Fails with a `LetterError` when a script has no value for what it prints, or not this customer's language.
  public func write(
    _ store: any MessageStore, _ record: CampaignRecord, _ calls: [String: CallHistory] = [:], at now: Date,
    to write: @Sendable (String) throws -> Void
  ) async throws {
    let name = record.plan.name
    try write(
      form == .html ? CallScripts.htmlBegin(campaign: name) : CallScripts.textBegin(campaign: name))
    try await store.forEachCustomer(in: record.id) { customer in
      let causes = CallReport.causes(customer, deadline: record.plan.deadline, at: now)
      guard !causes.isEmpty, calls[customer.id]?.told == nil else { return }
      let details = try JSONDecoder().decode(Customer.self, from: customer.payload)
      switch form {
      case .html: try write(scripts.html(for: details, causes: causes))
      case .text: try write(scripts.text(for: details, causes: causes) + CallScripts.pageBreak)
      }
    }
    if form == .html { try write(CallScripts.htmlEnd) }
  }

  /// The script for one customer as text, whether they are to be called or not.
  public func text(for customer: CustomerRecord, causes: [CallCause]) throws -> String {
    try scripts.text(for: try JSONDecoder().decode(Customer.self, from: customer.payload), causes: causes)
  }
}
