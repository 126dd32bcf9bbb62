import Foundation
import Mail
import TestSupport
import Testing

@testable import Receipts

/// Addresses in random spellings, within random words of relays: nothing of them is left.
@Suite struct RedactionPropertyTests {
  private static let words = [
    "anna", "bernd", "müller", "strauß", "yıldız", "łukasz", "νίκος", "ольга", "søren", "zoë", "kanzlei", "buero",
    "tax17",
    "garcía", "Émile", "ñandú", "Özgür", "李明", "ฉันทนา", "x9",
  ]
  private static let carriers = [
    "5.1.1 %: Recipient address rejected: User unknown in virtual mailbox table",
    "host mx1.relay.example said: 550 <%>",
    "%", "no such user here (%), see https://relay.example/help?q=55", "Empfänger „%“ ist unbekannt",
    "rcpt=%; size=4096",
    "452 4.2.2 [%] over quota 10:15:23", "orig_to=<%>, relay=none, delay=0.4", "你好 % 不存在", "to:%,",
  ]

  private static func local(_ random: inout SeededGenerator) -> String {
    let count = Int.random(in: 1...3, using: &random)
    let parts = (0..<count).map { _ in words.randomElement(using: &random)! }
    let text = parts.joined(separator: [".", "_", "-", ""].randomElement(using: &random)!)
    return Int.random(in: 0..<4, using: &random) == 0 ? text + "+" + words.randomElement(using: &random)! : text
  }

  private static func domain(_ random: inout SeededGenerator) -> String {
    let names = ["kanzlei-weber", "büro-süd", "steuer24", "praxis-öz", "notariat.nord", "x-und-y"]
    return names.randomElement(using: &random)! + ".example"
  }

  private static func escaped(_ text: String, _ random: inout SeededGenerator) -> String {
    let form = Int.random(in: 0..<5, using: &random)
    return text.unicodeScalars.map { scalar in
      guard !scalar.isASCII || Int.random(in: 0..<4, using: &random) == 0 else { return String(scalar) }
      let bytes = Array(String(scalar).utf8)
      switch form {
      case 0: return bytes.map { "%" + String(format: "%02X", $0) }.joined()
      case 1: return bytes.map { "=" + String(format: "%02X", $0) }.joined()
      case 2: return "&#\(scalar.value);"
      case 3: return "&#x" + String(scalar.value, radix: 16) + ";"
      default: return "\\x{" + String(scalar.value, radix: 16, uppercase: true) + "}"
      }
    }.joined()
  }

  private static func cased(_ text: String, _ random: inout SeededGenerator) -> String {
    switch Int.random(in: 0..<5, using: &random) {
    case 0: text.uppercased()
    case 1: text.lowercased()
    case 2: text.capitalized
    case 3: String(text.flatMap { Bool.random(using: &random) ? $0.uppercased() : $0.lowercased() })
    default: text
    }
  }

  private static func spelled(_ local: String, _ random: inout SeededGenerator) -> String {
    var text = local
    switch Int.random(in: 0..<4, using: &random) {
    case 0: text = text.replacing(".", with: "")
    case 1: text = text.replacing(".", with: ["_", "-", " "].randomElement(using: &random)!)
    case 2: text = text.split(separator: "+")[0].description
    default: break
    }
    text = cased(text, &random)
    switch Int.random(in: 0..<4, using: &random) {
    case 0: text = text.decomposedStringWithCanonicalMapping
    case 1: text = text.precomposedStringWithCanonicalMapping
    case 2: text = escaped(text, &random)
    default: break
    }
    return text
  }

  private static func spelled(domain: Domain, _ random: inout SeededGenerator) -> String {
    let name = Bool.random(using: &random) ? domain.ascii : domain.unicode
    switch Int.random(in: 0..<6, using: &random) {
    case 0: return cased(name, &random)
    case 1: return name.replacing(".", with: "(dot)")
    case 2: return name.replacing(".", with: " dot ")
    case 3: return name.replacing(".", with: "-")
    case 4: return escaped(name, &random)
    default: return "mx2." + name
    }
  }

  private static func together(_ local: String, _ domain: String, _ random: inout SeededGenerator) -> String {
    let signs = [
      "@", "-at-", "(at)", " at ", " (at) ", "[at]", "=40", "%40", "&#64;", "&#x40;", "%2540", "=3D40", "＠", "\\x{40}",
      "_at_",
      "{at}", " AT ", "&commat;",
    ]
    switch Int.random(in: 0..<6, using: &random) {
    case 0: return "SRS0=Ab1=Yz=\(domain)=\(local)@fwd.example"
    case 1: return "bounce+\(local)=\(domain)@list.example"
    case 2: return "\(local)=\(domain)"
    case 3: return "\"\(local)\"@\(domain)"
    default: return local + signs.randomElement(using: &random)! + domain
    }
  }

  /// What is left to a reader who does not mind case, marks or signs.
  private static func letters(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.decomposedStringWithCompatibilityMapping.uppercased().lowercased().decomposedStringWithCompatibilityMapping
          .unicodeScalars.filter { $0.properties.isAlphabetic || $0.properties.numericType != nil }))
  }

  @Test func nothingOfAnAddressIsLeft() throws {
    var random = SeededGenerator(seed: 27)
    for number in 0..<6000 {
      let local = Self.local(&random)
      let address = try EmailAddress("\(local)@\(Self.domain(&random))")
      let customer = RedactedCustomer(recipient: address, hidesDomain: true)
      let writtenLocal = Self.spelled(local, &random)
      let writtenDomain = Self.spelled(domain: address.domain, &random)
      let written =
        switch Int.random(in: 0..<4, using: &random) {
        case 0: writtenLocal
        case 1: writtenDomain
        default: Self.together(writtenLocal, writtenDomain, &random)
        }
      let reply = Self.carriers.randomElement(using: &random)!.replacing("%", with: written)
      let result = AddressRedaction.text(reply, about: customer)
      let base = local.split(separator: "+")[0]
      for secret in [writtenLocal, writtenDomain] where reply.contains(secret) {
        #expect(!result.contains(secret), "case \(number): \(reply) → \(result)")
      }
      let left = Self.letters(result)
      for secret in [String(base), address.domain.unicode, address.domain.ascii] {
        #expect(!left.contains(Self.letters(secret)), "case \(number): \(reply) → \(result)")
      }
    }
  }

  /// Words of relays stay what they are when they do not speak of the customer.
  @Test func whatSpeaksOfNobodyStays() throws {
    var random = SeededGenerator(seed: 28)
    let replies = [
      "2.0.0 Ok: queued as 4XyZ1K", "4.7.1 Greylisted, see https://relay.example/faq?page=two",
      "5.7.26 DMARC policy of the sender",
      "4.4.2 mx1.relay.example Error: timeout exceeded", "2.6.0 message accepted (size=4096, 0.5 s)",
      "4.2.2 The mailbox is over its quota; 100% of 512 MB are used",
      "5.7.1 Service unavailable; client [192.0.2.7] blocked",
    ]
    for _ in 0..<500 {
      let address = try EmailAddress("\(Self.local(&random))@\(Self.domain(&random))")
      let customer = RedactedCustomer(
        recipient: address, hidesDomain: true, id: "\(Int.random(in: 1...20, using: &random))",
        firstName: "Zoë", lastName: "von der Au", company: "Mail Service Weber GmbH")
      for reply in replies { #expect(AddressRedaction.text(reply, about: customer) == reply) }
    }
  }
}
