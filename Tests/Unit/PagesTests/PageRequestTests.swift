import Foundation
import HTTPTypes
import Reports
import TestSupport
import Testing

@testable import Pages

/// What is read of a request, before anything of it is believed.
@Suite struct PageRequestTests {
  private static func request(_ path: String, _ fields: [(HTTPField.Name, String)] = []) -> PageRequest {
    var head = HTTPRequest(method: .get, scheme: "http", authority: "127.0.0.1:8420", path: path)
    for (name, value) in fields { head.headerFields.append(HTTPField(name: name, value: value)) }
    return PageRequest(head)
  }

  @Test func pathAndQueryAreDecoded() {
    let request = Self.request("/campaigns/a%2Fb?id=K%2B1&q=J%C3%B6rg+Wei%C3%9F&empty=&alone")
    #expect(request.path == "/campaigns/a/b")
    #expect(request.query == ["id": "K+1", "q": "Jörg Weiß", "empty": "", "alone": ""])
    // What is no UTF-8, or has a name twice, is nothing.
    #expect(Self.request("/x?id=%FF").query == [:] && Self.request("/x?id=1&id=2").query == [:])
    #expect(Self.request("/%FF").path == "/")
  }

  @Test func allCookiesOfANameAreRead() {
    let request = Self.request("/", [(.cookie, "eilbrief=one; language=de"), (.cookie, "eilbrief=two; =x; y")])
    #expect(request.cookies == ["eilbrief": ["one", "two"], "language": ["de"]])
  }

  @Test(arguments: [
    ("de", DocumentLanguage.german), ("de-AT,de;q=0.9,en;q=0.8", .german), ("en-GB,de;q=0.5", .english),
    ("fr,en;q=0.2,de;q=0.4", .german), ("", .english), ("fr", .english), ("*", .english), ("de;q=x", .german),
  ])
  func theLanguageIsTheBrowsers(_ header: String, _ language: DocumentLanguage) {
    #expect(Self.request("/", [(.acceptLanguage, header)]).language == language)
    // A choice counts more.
    let chosen: [(HTTPField.Name, String)] = [(.acceptLanguage, header), (.cookie, "language=de")]
    #expect(Self.request("/", chosen).language == .german)
  }

  @Test func aPublicAddressIsANameAndNoMore() throws {
    let secure = try #require(PublicURL("https://Status.Firm.example/"))
    #expect(secure.host == "status.firm.example" && secure.origin == "https://status.firm.example" && secure.isSecure)
    #expect(PublicURL("https://a.example:443")?.host == "a.example")
    let other = try #require(PublicURL("http://a.example:8080"))
    #expect(other.origin == "http://a.example:8080" && !other.isSecure)
    for wrong in [
      "a.example", "https://", "https://a.example/b", "https://a.example?x", "ftp://a.example", "https://u@a.example",
    ] {
      #expect(PublicURL(wrong) == nil, "\(wrong)")
    }
  }
}
