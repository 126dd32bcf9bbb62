import Foundation
public import Mail
import Yams

/// A way on which the operator is told that a campaign pauses, is late, is done or needs a decision: one entry of `notify`
/// in a campaign file.
public enum NoticeChannel: Sendable, Hashable {
  /// A program with its arguments, run in the campaign's folder without a shell.
  case command([String])
  /// A mail, through a relay of the campaign's or another one.
  case mail(to: EmailAddress, relay: Relay)

  /// What the operator knows it by: the program, or the relay. No address is in it.
  public var name: String {
    switch self {
    case .command(let words): "command \(words.first ?? "")"
    case .mail(_, let relay): "mail through \(relay.name)"
    }
  }
}

/// `notify:` of a campaign file: a group with `command`, `mail` or both, or a list of such groups.
enum NotifySection {
  private static let example = "{command: [/usr/local/bin/alarm], mail: {to: ops@firm.example, relay: second}}"

  static func read(_ value: YAMLValue, relays: [Relay]?, folder: URL, zone: DefaultZone) -> [NoticeChannel]? {
    let groups = value.isGroup ? [value] : value.list(example: "[\(example)]")
    guard let groups else { return nil }
    var channels: [NoticeChannel] = []
    var isWhole = true
    for group in groups {
      guard let section = YAMLSection(group, keys: ["command", "mail"], example: example) else {
        isWhole = false
        continue
      }
      if !section.has("command"), !section.has("mail") {
        // A misspelt key was reported.
        if group.node.mapping?.isEmpty == true {
          group.report("\"\(group.path)\" is empty; name a command or a mail, as in \(example)")
        }
        isWhole = false
      }
      if let command = section.optional("command") {
        let words = words(command)
        if let words { channels.append(.command(words)) } else { isWhole = false }
      }
      if let mail = section.optional("mail") {
        let channel = self.mail(mail, relays: relays, folder: folder, zone: zone)
        if let channel { channels.append(channel) } else { isWhole = false }
      }
    }
    return isWhole ? channels : nil
  }

  private static func words(_ value: YAMLValue) -> [String]? {
    let example = "[/usr/local/bin/alarm, --urgent]"
    guard value.word == nil else {
      value.report(
        "\"\(value.path)\" must be a list of the program and its arguments, as in \(example): no shell reads it. For one "
          + "line of shell write [/bin/sh, -c, \"…\"]")
      return nil
    }
    guard let members = value.list(example: example) else { return nil }
    let words = members.map { $0.text() }
    guard !words.contains(where: { $0 == nil }), let program = words.first as? String else { return nil }
    guard program.hasPrefix("/") else {
      members[0].report(
        "\"\(value.path)\" must begin with the whole path of the program, not \(QuotedText(program)): a service has no "
          + "PATH of yours; write it as in \(example)")
      return nil
    }
    return words.compactMap { $0 }
  }

  private static func mail(
    _ value: YAMLValue, relays: [Relay]?, folder: URL, zone: DefaultZone
  ) -> NoticeChannel? {
    guard let section = YAMLSection(value, keys: ["to", "relay"], example: "{to: ops@firm.example, relay: second}")
    else {
      return nil
    }
    let to = section.required("to", example: "ops@firm.example")?.emailAddress()
    guard let named = section.required("relay", example: "second") else { return nil }
    let relay = named.isGroup ? RelaysSection.read(ofNotices: named, folder: folder, zone: zone) : known(named, relays)
    guard let to, let relay else { return nil }
    return .mail(to: to, relay: relay)
  }

  private static func known(_ value: YAMLValue, _ relays: [Relay]?) -> Relay? {
    // Without relays, they were reported.
    guard let name = value.text(), let relays else { return nil }
    if let relay = relays.first(where: { $0.name == name }) { return relay }
    let names = relays.map(\.name)
    let near = NearestName(among: names).suggestion(for: name).map { ", did you mean \"\($0)\"?" }
    value.report(
      "\"\(value.path)\": \"relays\" has no \(QuotedText(name))"
        + (near ?? "; it has \(names.joined(separator: ", ")). Or describe the relay here, as in {url: …}"))
    return nil
  }
}
