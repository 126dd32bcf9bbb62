import Foundation
import Testing

@testable import Mail

/// RFC 8463 appendix A: its keys, over its message, give its two signatures. Both algorithms have one signature for the
/// same data, so what we compute must be the very bytes that are printed there.
@Suite struct RFC8463ExampleTests {
  private static let ed25519PEM = """
    -----BEGIN PRIVATE KEY-----
    MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
    -----END PRIVATE KEY-----

    """
  private static let rsaPEM = """
    -----BEGIN RSA PRIVATE KEY-----
    MIICXQIBAAKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQi
    Y/J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqM
    KrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB
    AoGAH0cxOhFZDgzXWhDhnAJDw5s4roOXN4OhjiXa8W7Y3rhX3FJqmJSPuC8N9vQm
    6SVbaLAE4SG5mLMueHlh4KXffEpuLEiNp9Ss3O4YfLiQpbRqE7Tm5SxKjvvQoZZe
    zHorimOaChRL2it47iuWxzxSiRMv4c+j70GiWdxXnxe4UoECQQDzJB/0U58W7RZy
    6enGVj2kWF732CoWFZWzi1FicudrBFoy63QwcowpoCazKtvZGMNlPWnC7x/6o8Gc
    uSe0ga2xAkEA8C7PipPm1/1fTRQvj1o/dDmZp243044ZNyxjg+/OPN0oWCbXIGxy
    WvmZbXriOWoSALJTjExEgraHEgnXssuk7QJBALl5ICsYMu6hMxO73gnfNayNgPxd
    WFV6Z7ULnKyV7HSVYF0hgYOHjeYe9gaMtiJYoo0zGN+L3AAtNP9huqkWlzECQE1a
    licIeVlo1e+qJ6Mgqr0Q7Aa7falZ448ccbSFYEPD6oFxiOl9Y9se9iYHZKKfIcst
    o7DUw1/hz2Ck4N5JrgUCQQCyKveNvjzkkd8HjYs0SwM0fPjK16//5qDZ2UiDGnOe
    uEzxBDAr518Z8VFbR41in3W4Y3yCDgQlLlcETrS+zYcL
    -----END RSA PRIVATE KEY-----

    """

  private static let message = Array(
    """
    From: Joe SixPack <joe@football.example.com>
    To: Suzie Q <suzie@shopping.example.net>
    Subject: Is dinner ready?
    Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)
    Message-ID: <20030712040037.46341.5F8J@football.example.com>

    Hi.

    We lost the game.  Are you hungry yet?

    Joe.

    """.replacing("\n", with: "\r\n").utf8)

  /// The signature fields up to `b=`, as they are folded there.
  private static let ed25519Field = """
    DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;
     d=football.example.com; i=@football.example.com;
     q=dns/txt; s=brisbane; t=1528637909; h=from : to :
     subject : date : message-id : from : subject : date;
     bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
     b=
    """
  private static let rsaField = """
    DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;
     d=football.example.com; i=@football.example.com;
     q=dns/txt; s=test; t=1528637909; h=from : to : subject :
     date : message-id : from : subject : date;
     bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
     b=
    """

  private func signature(_ field: String, _ key: DKIMKey) throws -> String {
    let fields = MessageParts(Self.message).canonical(
      names: ["from", "to", "subject", "date", "message-id", "from", "subject", "date"])
    let digest = DKIMSigner.digest(signing: Array(field.replacing("\n", with: "\r\n").utf8), after: fields)
    return Data(try key.signature(of: digest)).base64EncodedString()
  }

  @Test func bodyHash() throws {
    let body = Self.message[MessageParts(Self.message).bodyStart...]
    let hash = SHA256.digest(of: RelaxedCanonicalization.body(body))
    #expect(Data(hash.bytes).base64EncodedString() == "2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=")
  }

  @Test func ed25519() throws {
    let key = try DKIMKey(pem: Self.ed25519PEM.utf8)
    #expect(
      try signature(Self.ed25519Field, key)
        == "/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11BusFa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==")
    let record = DKIMRecord(
      domain: try Domain("football.example.com"), selector: try #require(DKIMSelector("brisbane")), key: key)
    #expect(
      record.zoneLine == """
        brisbane._domainkey.football.example.com. IN TXT ( \
        "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=" )
        """)
  }

  @Test func rsa() throws {
    let key = try DKIMKey(pem: Self.rsaPEM.utf8, leastBits: 1024)
    #expect(
      try signature(Self.rsaField, key)
        == "F45dVWDfMbQDGHJFlXUNB2HKfbCeLRyhDXgFpEL8GwpsRe0IeIixNTe3DhCVlUrSjV4BwcVcOF6+FF3Zo9Rpo1tFOeS9mPYQTnGdaSGsgeefO"
        + "sk2JzdA+L10TeYt9BgDfQNZtKdN1WO//KgIqXP7OdEFE4LjFYNcUxZQ4FADY+8=")
    let record = DKIMRecord(
      domain: try Domain("football.example.com"), selector: try #require(DKIMSelector("test")), key: key)
    #expect(
      record.value
        == "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/J1"
        + "6JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT"
        + "+l/K4w3QIDAQAB")
  }

  /// The same key is too short for letters (RFC 8301 §3.2).
  @Test func itsRSAKeyIsRefusedForLetters() throws {
    #expect(throws: DKIMKeyError.tooShort(bits: 1024)) { try DKIMKey(pem: Self.rsaPEM.utf8) }
  }
}
