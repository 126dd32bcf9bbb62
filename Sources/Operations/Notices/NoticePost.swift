import Campaigns
import Delivery
import Foundation
import Logging
import Mail
import SMTP

/// Tells the operator on the channels that a campaign file names, and tries again what fails, a few times.
struct NoticePost: Sendable {
  private let campaign: Campaign
  private let location: CampaignLocation
  private let dependencies: Dependencies
  private let book: NoticeBook

  init(_ campaign: Campaign, _ location: CampaignLocation, _ dependencies: Dependencies) {
    self.campaign = campaign
    self.location = location
    self.dependencies = dependencies
    book = NoticeBook(location)
  }

  /// How long a command may take, and a mail.
  static let limit = Duration.seconds(30)

  /// Tells everything that is due, waits for what is to be tried again, and returns when nothing is left, or when the
  /// task is cancelled: what was begun is then broken off, and tried again by another process.
  func tellAll() async {
    do {
      while !Task.isCancelled {
        if try await tellNext() { continue }
        guard let next = try book.nextAttempt(campaign.notify, at: dependencies.now) else { return }
        try await Task.sleep(for: .seconds(max(0.05, next.timeIntervalSince(dependencies.now))))
      }
    } catch is CancellationError {
    } catch {
      dependencies.log.warning("nobody can be told (“notify”): \(error)")
    }
  }

  /// False when nothing is due.
  func tellNext() async throws -> Bool {
    guard let (entry, channel) = try book.claimNext(campaign.notify, at: dependencies.now) else { return false }
    let trouble: String?
    switch channel {
    case .command(let words): trouble = await run(words, entry.notice)
    case .mail(let to, let relay): trouble = await mail(entry.notice, to: to, through: relay)
    }
    let next = try book.note(entry.number, channel, isTold: trouble == nil, at: dependencies.now)
    let what = "notice “\(entry.notice.line)”, \(channel.name)"
    if let trouble {
      let then = next == nil ? "it is not tried again" : "it is tried again"
      dependencies.log.warning("\(what): \(trouble); \(then)")
    } else {
      dependencies.log.info("\(what): told")
    }
    return true
  }

  private var nextCommand: NextCommand { NextCommand(campaign: location.name, queue: location.queue.path) }

  /// Nil when it went well.
  private func run(_ words: [String], _ notice: Notice) async -> String? {
    do {
      return try await NoticeCommand(
        words: words, folder: location.folder.path,
        environment: [
          "PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8", "EILBRIEF_CAMPAIGN=\(location.name)",
          "EILBRIEF_EVENT=\(notice.event.rawValue)",
        ], input: notice.json(of: nextCommand), limit: Self.limit
      ).run()
    } catch {
      return "\(error)"
    }
  }

  private func mail(_ notice: Notice, to: EmailAddress, through relay: Relay) async -> String? {
    do {
      var used = campaign
      used.relays = [relay]
      let transport = dependencies.transport(try RelayCredentials.read(used, credentials: dependencies.credentials))
      let from = campaign.sender.from
      let left = dependencies.randomBytes(16).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
      let message = PlainMessage(
        from: from, to: NamedAddress(displayName: nil, address: to),
        subject: "[eilbrief] \(location.name): \(notice.line)",
        date: dependencies.now, messageID: try MessageID(left: left, domain: from.address.domain),
        text: notice.text(of: nextCommand))
      let bytes = try message.bytes()
      let control = SessionControl(openingLimit: Self.limit)
      let session = transport.makeSession(relay: relay, control: control)
      let trouble = await withTaskCancellationHandler {
        await send(bytes, Envelope(sender: from.address, recipient: to), session, relay)
      } onCancel: {
        control.stop(waiting: .zero)
      }
      await session.close()
      return trouble
    } catch {
      return "\(error)"
    }
  }

  private func send(
    _ bytes: [UInt8], _ envelope: Envelope, _ session: any Session, _ relay: Relay
  ) async -> String? {
    if case .failure(let trouble) = await session.open() { return trouble.message }
    do {
      // It counts in the relay's limits, as a test letter does.
      if case .full = try await TestLetterPlace(location, dependencies).take(at: relay) {
        return "the limits of \(relay.name) have no place now"
      }
    } catch {
      return "\(error)"
    }
    switch await session.send(envelope, message: bytes, encoding: .quotedPrintable) {
    case .answered(let phase, let reply):
      return reply.isPositive && phase == .final ? nil : "the relay said \(reply.code) at \(phase.rawValue)"
    // It may have been taken: telling twice is worse than a mail that is lost once.
    case .lost(_, _, dotSent: true), .stopped(_, dotSent: true): return nil
    case .lost(let phase, _, _): return "the connection was lost at \(phase.rawValue)"
    case .notStarted, .stopped: return "the connection was closed"
    }
  }
}
