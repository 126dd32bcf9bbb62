import Foundation
import Mail

/// A name, an address and a subject that headers find hard to carry.
struct NastyHeaders: Sendable {
  let name: String
  let address: String
  let subject: String

  private init(_ name: String, _ address: String, _ subject: String) {
    self.name = name
    self.address = address
    self.subject = subject
  }

  /// Sender and answers under the same name, at an international domain.
  func message() throws -> MailMessage {
    MailMessage(
      from: NamedAddress(displayName: name, address: try EmailAddress("support@kanzlei-müller.example")),
      replyTo: NamedAddress(displayName: name, address: try EmailAddress("antwort@straße.example")),
      to: NamedAddress(displayName: name, address: try EmailAddress(address)), subject: subject,
      date: Date(timeIntervalSince1970: 1_795_000_000),
      messageID: try MessageID(left: "m1", domain: Domain("kanzlei-müller.example")), language: "de", text: "Text\n",
      html: "<p>Text</p>\n", boundary: "=_b0")
  }

  static let all = [
    NastyHeaders("Müller, Jürgen", "info@straße.example", "Bitte ändern Sie heute, spätestens morgen, Ihr Passwort"),
    NastyHeaders(#"Kanzlei "Recht & Gut" GbR"#, "müller@straße.example", #"Ihr "Passwort", \ und <mehr>"#),
    NastyHeaders(
      "Čapek; Šimek: Žižek (Praha)", "石井@例え.example", String(repeating: "Übermäßig langer Betreff ", count: 12) + "."),
    NastyHeaders("דוד כהן, עורך דין", "דוד@דוגמה.example", "סיסמה Passwort סיסמה 123"),
    NastyHeaders("محمد \u{200F}(مكتب)", "jörg@x.example", "تغيير كلمة المرور"),
    NastyHeaders("👩🏻‍❤️‍💋‍👩🏻 & 👨‍👩‍👧‍👦", "a@b.example", String(repeating: "👨‍👩‍👧‍👦", count: 12)),
    NastyHeaders("🇩🇪🇦🇹🇨🇭 Kanzlei", "a@b.example", String(repeating: "🇩🇪", count: 30) + " Passwort"),
    NastyHeaders("नमस्ते दुनिया", "संपर्क@डाटामेल.example", String(repeating: "नमस्ते ", count: 20) + "!"),
    NastyHeaders(
      "Zoe\u{308}\u{323} Ngu\u{302}\u{303}", "a@b.example", "Z" + String(repeating: "\u{301}", count: 120) + "algo"),
    NastyHeaders("=?utf-8?Q?gef=C3=A4lscht?=", "a@b.example", "=?utf-8?B?w6Q=?= =?x?="),
    NastyHeaders("Chef <chef@bank.example>", "a@b.example", "Re: <a href=x>"),
    NastyHeaders(
      String(repeating: "Donaudampfschifffahrtsgesellschaft", count: 4), "a@b.example",
      String(repeating: "x", count: 300)),
    NastyHeaders("O'Brien – “Söhne” …", "\"a b\"@b.example", "50 % Rabatt? Nein: 100 % ernst = wirklich!"),
    NastyHeaders("_=?=_ a_b", "a@b.example", "_ = ? _ ä"),
    NastyHeaders("한국어 회사", "a@b.example", String(repeating: "각하", count: 60)),
  ]
}
