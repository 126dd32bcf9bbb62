import Delivery
import Operations
import Testing

@Suite struct ReplyExplanationTests {
  @Test(arguments: ExplanationLanguage.allCases) func everythingHasWords(_ language: ExplanationLanguage) {
    let texts = ExplanationTexts(language)
    for scope in ReplyScope.allCases { #expect(!texts.concerns(scope).isEmpty) }
    for treatment in Treatment.allCases { #expect(!texts.does(treatment).isEmpty) }
    for `class` in ReplyClass.allCases {
      #expect(!texts.says(`class`).isEmpty)
      for treatment in Treatment.allCases {
        #expect(!texts.can(Classification(`class`, .relay, treatment, rule: "x")).isEmpty, "\(`class`) \(treatment)")
      }
    }
  }

  @Test func thePhaseOfTheTextCountsWhereNoneIsGiven() {
    let text = "550 5.1.1 user unknown (in reply to MAIL FROM command)"
    #expect(ReplyExplanation(text, at: nil).phase == .mail)
    #expect(ReplyExplanation(text, at: nil).classification.treatment == .suspectUs)
    #expect(ReplyExplanation(text, at: .rcpt).phase == .rcpt)
    #expect(ReplyExplanation("550 5.1.1 user unknown", at: nil).classification.treatment == .refuseRecipient)
  }

  @Test func theRuleNamesItsSource() {
    for reply in ["550 5.1.1 user unknown", "550", "421 later", "554 5.7.1 spam"] {
      #expect(ReplyExplanation(reply, at: .rcpt).source?.isEmpty == false)
    }
    #expect(ReplyExplanation("250 ok", at: .final).source == nil)
  }

  @Test func linesOfStandardInput() {
    #expect(ReplyLine("rcpt\t550 5.1.1 user unknown").explanation.phase == .rcpt)
    #expect(ReplyLine("RCPT TO\t550 5.1.1 user unknown").explanation.phase == .rcpt)
    #expect(ReplyLine("550 5.1.1 user unknown").explanation.phase == nil)
    #expect(ReplyLine("550 5.1.1 user unknown", defaultPhase: .mail).explanation.phase == .mail)
    #expect(ReplyLine("\t550 a").unknownPhase == nil && ReplyLine("-\t550 a").unknownPhase == nil)
    #expect(ReplyLine("rctp\t550 5.1.1 user unknown").unknownPhase == "rctp")
    #expect(ReplyLine("rctp\t550 5.1.1 user unknown").explanation.classification.treatment == .refuseRecipient)
    #expect(ReplyLine("").explanation.classification.rule == "no-reply")
    #expect(ReplyLine("rcpt\t550 a\tb").explanation.reply.text == "a\tb")
  }
}
