import Foundation
import TestSupport
import Testing

@testable import Campaigns

/// What is looked up or left out so that a table is found quickly must give what the long way gives.
struct TableTitleTests {
  /// A mark without width makes a title one beyond ASCII, and is no part of it.
  @Test func aTitleInASCIIReadsAsAnyOther() {
    let signs = ["", "a", "Z", "@", "[", "`", "{", "*", ":", " ", "\t", "\r\n", "\u{B}", "\0", "\u{1F}", "\u{7F}", "-"]
    for first in signs {
      for second in signs {
        for third in signs {
          for fourth in ["", "*", " ", "B"] {
            let title = first + second + third + fourth
            #expect(
              HeaderFinder.looseTitle(title) == HeaderFinder.looseTitle("\u{200B}" + title), "\(Array(title.utf8))")
          }
        }
      }
    }
    #expect(HeaderFinder.looseTitle(" E-Mail\r\nAdresse * :") == "e-mail adresse")
    #expect(HeaderFinder.looseTitle("*:") == "*:")
  }

  /// Every name of a column is found behind a usual delimiter and behind one that only few texts have.
  @Test func everyNameOfMailboxesIsFound() throws {
    let folder = try TemporaryFolder()
    let names = MailboxExport.Names(mailbox: nil, time: nil, isOfLocks: false)
    for name in names.mailbox {
      for delimiter in [";", ",", "\t", "|", "~", "^"] {
        let file = folder.url.appending(path: "export.csv")
        let rows = [["x", name.uppercased(), "changed"], ["1", "a@firm.example", "1795342500"]]
        try Data(rows.map { $0.joined(separator: delimiter) + "\n" }.joined().utf8).write(to: file)
        let entries = try MailboxExport(file, names).entries
        #expect(entries.map(\.login) == ["a@firm.example"], "\(name) \(delimiter)")
        #expect(entries.map(\.time) == ["1795342500"], "\(name) \(delimiter)")
      }
    }
  }

  /// Of most letters their kind is kept, and all of some signs are none.
  @Test func lettersAreThoseOfUnicode() {
    for scalar in (0x80..<0x3000 as Range<UInt32>).compactMap(Unicode.Scalar.init) {
      let properties = scalar.properties
      let isLetter = properties.isAlphabetic && scalar != "ª" && scalar != "º"
      #expect(scalar.isLetter == isLetter, "\(scalar.codePoint)")
      #expect(scalar.isCapital == properties.isUppercase, "\(scalar.codePoint)")
      #expect(scalar.isSmall == (properties.isLowercase && isLetter), "\(scalar.codePoint)")
    }
  }
}
