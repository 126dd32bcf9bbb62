import Testing

@testable import Delivery

/// The table of rules itself.
@Suite struct ReplyRulesTests {
  @Test func everyRuleHasItsNameAndItsSource() {
    let ids = ReplyRules.all.map(\.id)
    #expect(Set(ids).count == ids.count)
    for rule in ReplyRules.all {
      #expect(rule.id.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber || $0 == "-") }, "\(rule.id)")
      #expect(!rule.source.isEmpty, "\(rule.id)")
    }
  }

  /// A phrase is made of words as ``ReplyWords`` makes them, or it could never be found.
  @Test func everyPhraseCanBeFound() {
    for rule in ReplyRules.all {
      for phrase in rule.words.flatMap(\.self) + rule.unless {
        #expect(!phrase.slots.isEmpty && phrase.slots[0].afterGap == false, "\(rule.id)")
        for slot in phrase.slots {
          #expect(!(slot.words.isEmpty && slot.beginnings.isEmpty), "\(rule.id): \(phrase)")
          for word in slot.words where !word.hasPrefix("topic_") && word != "dnsbl" && word != "host" && word != "url" {
            let found = ReplyWords(word, code: nil).words
            #expect(found == [word] || found == ["num"], "\(rule.id): “\(word)” becomes \(found)")
          }
        }
        let example = phrase.slots.map { $0.words.sorted().first ?? $0.beginnings[0] }
        #expect(phrase.matches(example, at: 0), "\(rule.id): \(example)")
      }
    }
  }

  @Test func everySetIsUsed() {
    for (name, words) in WordSets.sets { #expect(!words.isEmpty, "\(name)") }
  }

  /// The last two rules take whatever the others leave.
  @Test func theLastRulesFitEverything() {
    for rule in ReplyRules.all.suffix(2) {
      #expect(rule.words.isEmpty && rule.unless.isEmpty && rule.codes.isEmpty && rule.statuses.isEmpty)
      #expect(rule.phases.isEmpty)
    }
    #expect(ReplyRules.all.suffix(2).map(\.id) == ["later", "in-doubt"])
  }

  @Test func wordsAreNormalised() {
    #expect(
      ReplyWords("<k@kanzlei.example>: Empfänger-Adresse UNBEKANNT (#5.1.1)", code: 550).words
        == ["addr", "empfanger", "adresse", "unbekannt"])
    #expect(
      ReplyWords("550-5.1.1 The mail box doesn’t\n550 5.1.1 exist, see https://a.example/x?y=1", code: 550).words
        == ["the", "mailbox", "doesnt", "exist", "see", "url"])
    #expect(
      ReplyWords("blocked using zen.spamhaus.org; 192.0.2.1", code: 554).words == ["blocked", "using", "dnsbl", "ip"])
    #expect(ReplyWords("grey listed, non-existent e-mail", code: 451).words == ["greylisted", "nonexistent", "email"])
    #expect(ReplyWords("said: 451 4.7.1 later", code: 550).quotedCodes == [451])
    #expect(
      ReplyWords("5.1.1: x (#5.7.1) 192.0.2.1 1.2.3.4.5", code: nil).statuses.map(\.description) == ["5.1.1", "5.7.1"])
  }
}
