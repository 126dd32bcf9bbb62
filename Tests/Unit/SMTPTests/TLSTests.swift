import Campaigns
import Delivery
import Foundation
import Mail
import SMTP
import Testing

/// Real TLS against certificates that are right, and wrong in every way that counts.
@Suite(.serialized) struct TLSTests {
  private let certificates: Certificates

  init() async throws {
    certificates = try await Certificates()
  }

  private func session(
    _ relay: TLSRelay, _ tls: Relay.TLS, host: String = "127.0.0.1", caFile: URL? = nil, password: String = "geheim"
  ) -> any Session {
    CurlTransport(
      passwords: ["main": Password(password)].compactMapValues { $0 }, clientName: "sender.example",
      timeouts: Timeouts(greeting: .seconds(300)), clock: ContinuousClock()
    ).makeSession(
      relay: Relay(name: "main", host: host, port: relay.port, tls: tls, caFile: caFile, username: "anna"))
  }

  private func trouble(_ result: Result<RelayCapabilities, RelayUnavailable>) -> RelayUnavailable? {
    if case .failure(let trouble) = result { trouble } else { nil }
  }

  @Test(arguments: [TLSRelay.Mode.implicit, .startTLS]) func sendsOverTLS(_ mode: TLSRelay.Mode) async throws {
    let relay = try await TLSRelay(mode, certificate: certificates.good)
    let session = session(relay, mode == .implicit ? .implicit : .startTLS, caFile: certificates.authority)
    // With STARTTLS it is the second EHLO that counts: the first one offers SMTPUTF8, the second PIPELINING.
    let opened = describe(await session.open())
    #expect(opened == "ok pipelining")
    let envelope = Envelope(
      sender: try EmailAddress("post@kanzlei-it.example"), recipient: try EmailAddress("kunde@firma.example"))
    // Several parts and many TLS records.
    let long = Array(repeating: Array("0123456789abcde\r\n".utf8), count: 20_000).joined()
    for message in [Array("Subject: x\r\n\r\n.\r\n".utf8), Array(long), Array("a\r\n".utf8)] {
      let result = await session.send(envelope, message: message, encoding: .quotedPrintable)
      guard case .answered(.final, let reply) = result else {
        Issue.record("\(result)")
        continue
      }
      let stuffed = message.count + (message.count == 17 ? 1 : 0)
      #expect(reply.text == "2.0.0 \(stuffed) bytes")
    }
    await session.close()
  }

  @Test(arguments: ["starttls", "StartTLS", "\tSTARTTLS "]) func startTLSCountsInAnyCase(_ offer: String) async throws {
    let relay = try await TLSRelay(.startTLS, certificate: certificates.good, offer: offer)
    let opened = describe(await session(relay, .startTLS, caFile: certificates.authority).open())
    #expect(opened == "ok pipelining")
  }

  @Test(arguments: [TLSRelay.Mode.implicit, .startTLS]) func wantsATrustedAuthority(_ mode: TLSRelay.Mode) async throws
  {
    let tls: Relay.TLS = mode == .implicit ? .implicit : .startTLS
    for (pair, caFile) in [
      (certificates.selfSigned, nil), (certificates.good, nil), (certificates.selfSigned, certificates.authority),
    ] {
      let relay = try await TLSRelay(mode, certificate: pair)
      let found = trouble(await session(relay, tls, caFile: caFile).open())
      #expect(found?.kind == .certificate)
      #expect(found?.phase == .tls)
      #expect(found?.message.hasPrefix("127.0.0.1:\(relay.port): the certificate is not trusted (") == true)
      #expect(found?.message.hasSuffix("Give the authority's certificate as ca_file in campaign.yaml.") == true)
    }
  }

  @Test func wantsTheRightHostName() async throws {
    let relay = try await TLSRelay(.implicit, certificate: certificates.otherHost)
    for host in ["127.0.0.1", "localhost"] {
      let found = trouble(await session(relay, .implicit, host: host, caFile: certificates.authority).open())
      #expect(found?.kind == .certificate)
      #expect(found?.message.contains("Use a name that the certificate holds") == true)
    }
  }

  @Test func wantsAValidDay() async throws {
    let relay = try await TLSRelay(.implicit, certificate: certificates.expired)
    let found = trouble(await session(relay, .implicit, caFile: certificates.authority).open())
    #expect(found?.kind == .certificate)
    #expect(found?.message.contains("certificate has expired") == true)
  }

  @Test func wantsTLS12() async throws {
    let relay = try await TLSRelay(.implicit, certificate: certificates.good, version: "TLSv1_1")
    let found = trouble(await session(relay, .implicit, caFile: certificates.authority).open())
    #expect(found?.kind == .tls)
    let newer = try await TLSRelay(.implicit, certificate: certificates.good, version: "TLSv1_2")
    let opened = describe(await session(newer, .implicit, caFile: certificates.authority).open())
    #expect(opened == "ok pipelining")
  }

  @Test func saysWhenCAFileCannotBeRead() async throws {
    let relay = try await TLSRelay(.implicit, certificate: certificates.good)
    let missing = certificates.folder.appending(path: "none.pem")
    let found = trouble(await session(relay, .implicit, caFile: missing).open())
    #expect(found?.kind == .certificate)
    #expect(found?.message.contains("Check ca_file in campaign.yaml") == true)
  }

  @Test func neverGoesWithoutTLS() async throws {
    // TLS from the start is asked for, but the port speaks plain SMTP first.
    let relay = try await TLSRelay(.startTLS, certificate: certificates.good)
    let found = trouble(await session(relay, .implicit, caFile: certificates.authority).open())
    #expect(found?.kind == .tls)
    #expect(found?.message.contains("smtp:// in campaign.yaml uses STARTTLS") == true)
  }

  @Test func passwordIsInNoMessage() async throws {
    let relay = try await TLSRelay(.implicit, certificate: certificates.good)
    let found = trouble(
      await session(relay, .implicit, caFile: certificates.authority, password: "hunter2-secret").open())
    #expect(found?.kind == .authentication)
    #expect(found?.reply?.code == 535)
    #expect(found.map { "\($0)" }?.contains("hunter2") == false)
    #expect(found.map { "\($0)" }?.lowercased().contains("anna") == false)
    #expect(found?.reply?.text == "5.7.8 wrong login (hidden)=: user <(hidden)>, password (hidden)")
  }
}
