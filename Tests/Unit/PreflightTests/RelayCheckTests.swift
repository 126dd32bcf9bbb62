import Campaigns
import Delivery
import Foundation
import SMTP
import Testing

@testable import Preflight

@Suite struct RelayCheckTests {
  private static let now = Date(timeIntervalSince1970: 1_800_000_000)
  private static let day: TimeInterval = 86_400

  private static let relay = Relay(
    name: "main", host: "relay.firm.example", port: 587, tls: .startTLS, username: "u",
    passwordFile: URL(fileURLWithPath: "/secrets/relay"))

  private static var good: RelayInspection {
    var inspection = RelayInspection()
    inspection.capabilities = RelayCapabilities(pipelining: true, eightBitMIME: true, smtpUTF8: true, size: 10_000)
    inspection.mechanisms = ["PLAIN", "LOGIN"]
    inspection.isAuthenticated = true
    inspection.offersDSN = true
    inspection.tls = .init(
      version: "TLSv1.3", cipher: "TLS_AES_256_GCM_SHA384", subject: "CN = relay.firm.example", issuer: "CN = Test",
      validFrom: now, validUntil: now.addingTimeInterval(90 * day))
    return inspection
  }

  private func findings(
    _ relay: Relay = relay, largest: Int? = 9_000, international: Int = 0, spare: Bool = false,
    _ change: (inout RelayInspection) -> Void = { _ in }
  ) -> [PreflightFinding] {
    var inspection = Self.good
    change(&inspection)
    return RelayCheck(
      relay: relay, inspection: inspection, needs: LetterNeeds(largest: largest, international: international),
      end: Self.now.addingTimeInterval(6 * Self.day), now: Self.now, isSpare: spare,
      timeText: { "day \(Int($0.timeIntervalSince(Self.now) / Self.day))" }
    ).findings()
  }

  @Test func allIsWell() {
    #expect(
      findings().map(\.line) == [
        "ok It answers at relay.firm.example:587.",
        "ok TLSv1.3 by STARTTLS with TLS_AES_256_GCM_SHA384; certificate of CN = relay.firm.example, issued by CN = Test, "
          + "valid until day 90.",
        "ok It takes the login (AUTH PLAIN).",
        "ok It takes messages up to 10,000 bytes; the largest letter has 9,000 bytes.",
        "ok It offers PIPELINING, 8BITMIME, SMTPUTF8, DSN.",
      ])
  }

  private func only(_ severity: PreflightFinding.Severity, in findings: [PreflightFinding]) -> [String] {
    findings.filter { $0.severity == severity }.map(\.found)
  }

  @Test func certificateThatEnds() {
    let soon = findings { $0.tls?.validUntil = Self.now.addingTimeInterval(13 * Self.day) }
    #expect(only(.warning, in: soon).first?.contains("valid until day 13. That is within 14 days.") == true)
    let fine = findings { $0.tls?.validUntil = Self.now.addingTimeInterval(15 * Self.day) }
    #expect(only(.warning, in: fine) == [])
    var inspection = Self.good
    inspection.tls?.validUntil = Self.now.addingTimeInterval(20 * Self.day)
    let late = RelayCheck(
      relay: Self.relay, inspection: inspection, needs: LetterNeeds(largest: nil, international: 0),
      end: Self.now.addingTimeInterval(30 * Self.day), now: Self.now, isSpare: false,
      timeText: { "day \(Int($0.timeIntervalSince(Self.now) / Self.day))" }
    ).findings()
    #expect(only(.warning, in: late).first?.contains("Letters may be tried again until day 30.") == true)
  }

  @Test func sizes() {
    #expect(only(.error, in: findings(largest: 10_000)) == [])
    #expect(
      only(.error, in: findings(largest: 10_001)) == [
        "It takes messages up to 10,000 bytes, but the largest letter has 10,001 bytes: it would be refused."
      ])
    let unlimited = findings(largest: 10_001) { $0.capabilities?.size = nil }
    #expect(only(.error, in: unlimited) == [])
  }

  /// A letter is as large as it is sent: in 8 bits where the relay takes them.
  @Test func sizesDependOnTheEncoding() {
    let needs = LetterNeeds(largest: 12_000, largestEightBit: 9_000, international: 0)
    var relay = RelayCapabilities(pipelining: false, eightBitMIME: true, smtpUTF8: false, size: 9_000)
    #expect(needs.objection(to: relay) == nil)
    relay.eightBitMIME = false
    #expect(
      needs.objection(to: relay) == "takes messages up to 9,000 bytes, but the largest letter has 12,000 bytes")
    relay.size = nil
    #expect(needs.objection(to: relay) == nil)
    relay.size = 1
    #expect(LetterNeeds(largest: nil, international: 0).objection(to: relay) == nil)
  }

  @Test func troubles() {
    let trouble = RelayUnavailable(
      kind: .authentication, phase: .auth, reply: nil, message: "relay: “535 \u{1B}[2Jno”. Check username.")
    let alone = findings {
      $0.trouble = trouble
      $0.isAuthenticated = false
    }
    #expect(only(.error, in: alone) == ["It cannot be used: relay: “535 \\u{1B}[2Jno”. Check username."])
    #expect(alone.count == 4)
    let spare = findings(spare: true) { $0.trouble = trouble }
    #expect(only(.error, in: spare) == [])
    #expect(only(.warning, in: spare).first?.hasSuffix("A launch continues with the other relays.") == true)
  }

  @Test func withoutThePassword() {
    let unknown = findings { $0.isAuthenticated = false }
    #expect(only(.unknown, in: unknown).first?.contains("the password is not here") == true)
    #expect(unknown.first { $0.severity == .unknown }?.advice == "Run this check where /secrets/relay is.")
    let other = findings {
      $0.isAuthenticated = false
      $0.mechanisms = ["CRAM-MD5"]
    }
    #expect(only(.error, in: other) == ["AUTH: the relay does not take AUTH PLAIN; it offers AUTH CRAM-MD5."])
    #expect(
      other.first { $0.severity == .error }?.advice == "Set “auth: cram-md5” with password_file in campaign.yaml.")
    // LOGIN sends the same password.
    let login = findings { $0.mechanisms = ["LOGIN"] }
    #expect(login.map(\.line).contains("ok It takes the login (AUTH LOGIN)."))
    let none = findings {
      $0.isAuthenticated = false
      $0.mechanisms = nil
    }
    #expect(only(.error, in: none) == ["It offers no AUTH, and campaign.yaml wants AUTH PLAIN."])
  }

  @Test func withoutTLS() {
    let far = Relay(name: "main", host: "relay.firm.example", port: 25, tls: .none)
    let found = findings(far) {
      $0.tls = nil
      $0.offersStartTLS = true
    }
    #expect(only(.warning, in: found).first?.contains("without TLS") == true)
    #expect(found.contains { $0.advice == "It offers STARTTLS: take “tls: none” out of campaign.yaml." })
    let near = Relay(name: "main", host: "127.0.0.1", port: 25, tls: .none)
    #expect(only(.warning, in: findings(near) { $0.tls = nil }) == [])
  }

  @Test func internationalAddresses() {
    #expect(only(.warning, in: findings(international: 3)) == [])
    let found = findings(international: 3) { $0.capabilities?.smtpUTF8 = false }
    #expect(only(.warning, in: found).first?.contains("3 customers have an address") == true)
  }
}
