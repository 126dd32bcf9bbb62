import Delivery
import Foundation
import Mail
import Queue
import Receipts
import Reports
import Testing

/// The document of `eilbrief status --json`: the very text, since others read it.
@Suite struct CampaignStatusTests {
  @Test func aRunningCampaignIsWrittenWithEveryKey() throws {
    let snapshot = Sample.snapshot(
      messages: [
        .queued: 100, .sending: 4, .deferred: 6, .accepted: 80, .refused: 5, .expired: 1, .uncertain: 2, .excluded: 1,
        .cancelled: 0,
      ],
      lastOutcomeAt: Sample.time(80), outcomes: 66)
    var status = CampaignStatus(snapshot, at: Sample.time(100))
    let said = RelayCondition.Words(
      phase: "rcpt", code: 451, enhanced: "4.7.1", text: "4.7.1 Greylisted\u{202E}", class: "greylisted",
      scope: "recipient",
      since: Sample.time(60), at: Sample.time(80))
    status.setWaiting(
      [
        RelayCondition(relay: "main", words: said),
        RelayCondition(relay: "other", state: .resting, since: Sample.time(98), until: Sample.time(101)),
      ], DeferredFigures(due: 6, lastDue: Sample.time(90)))
    status.estimate(
      within: Sample.forecast(next: 100, end: 200, at: 100), at: Sample.time(100))
    status.setProcess(DeliveringProcess(pid: 412, host: "mail", since: Sample.time(0), isStopped: false))
    status.setCalls(CallFigures())
    let text = try ReportEncoding.json(status)
    #expect(
      text == """
        {
          "bounced" : 0,
          "calls" : {
            "letter_wanted" : 0,
            "made" : 0,
            "no_answer" : 0,
            "open" : 0,
            "reached" : 0,
            "untried" : 0,
            "wrong_number" : 0
          },
          "campaign" : "passwords",
          "canary" : null,
          "customers" : {
            "letter" : 199,
            "none" : 3,
            "phone" : 2,
            "total" : 204
          },
          "deadline" : "2026-11-23T15:00:00.000Z",
          "eta" : "2026-11-23T08:03:20.000Z",
          "everybody_told" : false,
          "finished_at" : null,
          "forecast" : {
            "accepted_50" : {
              "earliest" : "2026-11-23T08:03:20.000Z",
              "latest" : "2026-11-23T08:03:20.000Z",
              "likely" : "2026-11-23T08:03:20.000Z"
            },
            "accepted_90" : {
              "earliest" : "2026-11-23T08:03:20.000Z",
              "latest" : "2026-11-23T08:03:20.000Z",
              "likely" : "2026-11-23T08:03:20.000Z"
            },
            "accepted_99" : {
              "earliest" : "2026-11-23T08:03:20.000Z",
              "latest" : "2026-11-23T08:03:20.000Z",
              "likely" : "2026-11-23T08:03:20.000Z"
            },
            "accepted_all" : {
              "earliest" : "2026-11-23T08:03:20.000Z",
              "latest" : "2026-11-23T08:03:20.000Z",
              "likely" : "2026-11-23T08:03:20.000Z"
            },
            "at" : "2026-11-23T08:01:40.000Z",
            "late_customers" : {
              "earliest" : 0,
              "latest" : 0,
              "likely" : 0
            },
            "late_letters" : {
              "earliest" : 0,
              "latest" : 2,
              "likely" : 2
            },
            "late_reasons" : [
              {
                "destination" : null,
                "letters" : 2,
                "limit" : "300/h",
                "reason" : "limit",
                "relay" : "main"
              }
            ],
            "letters" : 110,
            "timeline" : [
              {
                "accepted" : 110,
                "from" : "2026-11-23T08:00:00.000Z"
              }
            ]
          },
          "messages" : {
            "accepted" : 80,
            "cancelled" : 0,
            "deferred" : 6,
            "excluded" : 1,
            "expired" : 1,
            "queued" : 100,
            "refused" : 5,
            "sending" : 4,
            "total" : 199,
            "uncertain" : 2
          },
          "no_eta" : null,
          "plan" : "sha256:\(Sample.plan.planHash.hex)",
          "process" : {
            "host" : "mail",
            "pid" : 412,
            "since" : "2026-11-23T08:00:00.000Z",
            "stopped" : false
          },
          "rate_per_second" : 1.1,
          "relays" : [
            {
              "last_words" : {
                "at" : "2026-11-23T08:01:20.000Z",
                "class" : "greylisted",
                "code" : 451,
                "enhanced" : "4.7.1",
                "phase" : "rcpt",
                "scope" : "recipient",
                "since" : "2026-11-23T08:01:00.000Z",
                "text" : "4.7.1 Greylisted\\u202E"
              },
              "name" : "main",
              "since" : null,
              "state" : "sending",
              "trouble" : null,
              "until" : null
            },
            {
              "last_words" : null,
              "name" : "other",
              "since" : "2026-11-23T08:01:38.000Z",
              "state" : "resting",
              "trouble" : null,
              "until" : "2026-11-23T08:01:41.000Z"
            }
          ],
          "rows" : {
            "rejected" : 2,
            "total" : 12
          },
          "schema" : 1,
          "started_at" : "2026-11-23T08:00:00.000Z",
          "state" : "running"
        }
        """)
  }

  @Test func aDraftHasEveryKeyTooAndNullForWhatIsNotKnown() throws {
    let text = try ReportEncoding.json(CampaignStatus(draft: "summer", deadline: nil))
    #expect(
      text == """
        {
          "bounced" : 0,
          "calls" : null,
          "campaign" : "summer",
          "canary" : null,
          "customers" : {
            "letter" : 0,
            "none" : 0,
            "phone" : 0,
            "total" : 0
          },
          "deadline" : null,
          "eta" : null,
          "everybody_told" : null,
          "finished_at" : null,
          "forecast" : null,
          "messages" : {
            "accepted" : 0,
            "cancelled" : 0,
            "deferred" : 0,
            "excluded" : 0,
            "expired" : 0,
            "queued" : 0,
            "refused" : 0,
            "sending" : 0,
            "total" : 0,
            "uncertain" : 0
          },
          "no_eta" : null,
          "plan" : null,
          "process" : null,
          "rate_per_second" : 0,
          "relays" : [

          ],
          "rows" : {
            "rejected" : 0,
            "total" : 0
          },
          "schema" : 1,
          "started_at" : null,
          "state" : "draft"
        }
        """)
  }

  @Test(arguments: CampaignState.allCases)
  func everyStateHasItsWord(_ state: CampaignState) throws {
    let status = CampaignStatus(
      Sample.snapshot(state, finishedAt: state.isFinished ? Sample.time(9) : nil), at: Sample.time(10))
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(try ReportEncoding.json(status).utf8)) as? [String: Any])
    #expect(object["state"] as? String == state.rawValue)
    #expect((object["finished_at"] is NSNull) == !state.isFinished)
  }

  @Test func everyStateOfAMessageIsInTheTotal() {
    for (index, state) in MessageState.allCases.enumerated() {
      let status = CampaignStatus(Sample.snapshot(messages: [state: index + 1]), at: Sample.time(0))
      #expect(status.total == index + 1)
      #expect(status.count(state) == index + 1)
      #expect(status.notAccepted == (state == .accepted ? 0 : index + 1))
      #expect(status.remaining == ([.queued, .sending, .deferred].contains(state) ? index + 1 : 0))
    }
  }

  @Test func aDraftHasAFigureForEveryState() {
    #expect(CampaignStatus(draft: "summer", deadline: nil).messages.count == MessageState.allCases.count)
  }
}
