import Foundation
import Queue

/// A relay's condition as `eilbrief status --json` has it.
struct RelayReport: Encodable {
  let condition: RelayCondition

  private enum Key: String, CodingKey {
    case name, state, since, until, trouble
    case lastWords = "last_words"
  }
  private enum WordsKey: String, CodingKey { case at, since, phase, code, enhanced, text, `class`, scope }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(condition.relay, forKey: .name)
    try container.encode(condition.state.rawValue, forKey: .state)
    try container.encode(condition.since, forKey: .since)
    try container.encode(condition.until, forKey: .until)
    try container.encode(condition.trouble, forKey: .trouble)
    guard let said = condition.words else { return try container.encodeNil(forKey: .lastWords) }
    var words = container.nestedContainer(keyedBy: WordsKey.self, forKey: .lastWords)
    try words.encode(said.at, forKey: .at)
    try words.encode(said.since, forKey: .since)
    try words.encode(said.phase, forKey: .phase)
    try words.encode(said.code, forKey: .code)
    try words.encode(said.enhanced, forKey: .enhanced)
    try words.encode(said.text, forKey: .text)
    try words.encode(said.class, forKey: .class)
    try words.encode(said.scope, forKey: .scope)
  }
}
