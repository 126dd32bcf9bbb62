import Campaigns
import Letters
import Mail

/// Measures of what makes a customer's letter hard to get right. Texts are measured as letters print them.
struct CustomerTraits {
  private(set) var mailboxes = 0
  private(set) var segments = 0
  private(set) var letters = 0
  private(set) var nameLength = 0
  private(set) var companyLength = 0
  private(set) var titleLength = 0
  private(set) var addressLength = 0
  private(set) var longestWord = 0
  private(set) var rightToLeft = 0
  private(set) var emoji = 0
  private(set) var otherScripts = 0
  private(set) var marks = 0
  private(set) var signs = 0
  private(set) var isInternational = 0
  private(set) var hasInternationalDomain = 0
  private(set) var isNameless = 0
  private(set) var isCompanyOnly = 0
  private(set) var isCalled = 0

  init(_ customer: Customer, _ outcome: Outcome) {
    mailboxes = customer.mailboxes.count
    segments = Set(customer.mailboxes.map(\.access)).count
    letters = outcome.letters.count
    let name = [customer.firstName.asSingleLine, customer.lastName.asSingleLine].filter { !$0.isEmpty }
      .joined(separator: " ")
    let company = customer.company.asSingleLine
    let title = customer.title.asSingleLine
    nameLength = name.count
    companyLength = company.count
    titleLength = title.count
    let addresses = ([customer.contact] + customer.mailboxes.map(\.address)).compactMap { $0 }
    addressLength = addresses.map(\.displayText.count).max() ?? 0
    isInternational = customer.contact?.isASCII == false ? 1 : 0
    hasInternationalDomain = addresses.contains { $0.domain.ascii != $0.domain.unicode } ? 1 : 0
    isNameless = name.isEmpty && company.isEmpty ? 1 : 0
    isCompanyOnly = name.isEmpty && !company.isEmpty ? 1 : 0
    isCalled = outcome.calls.isEmpty ? 0 : 1
    for text in [name, company, title] {
      for word in text.split(separator: " ") { longestWord = max(longestWord, word.count) }
      for scalar in text.unicodeScalars { count(scalar) }
    }
  }

  private mutating func count(_ scalar: Unicode.Scalar) {
    if scalar.isASCII {
      if "\"'<>&,;:\\()[]{}=?@".unicodeScalars.contains(scalar) { signs += 1 }
      return
    }
    switch scalar.value {
    case 0x590...0x8FF, 0xFB1D...0xFDFF, 0xFE70...0xFEFF, 0x1_0800...0x1_0FFF, 0x1_E800...0x1_EFFF: rightToLeft += 1
    // The rest of Latin.
    case 0x80...0x24F, 0x1E00...0x1EFF: break
    default:
      let properties = scalar.properties
      if properties.isEmojiPresentation || properties.isEmoji {
        emoji += 1
      } else if properties.generalCategory == .nonspacingMark {
        marks += 1
      } else if properties.isAlphabetic {
        otherScripts += 1
      }
    }
  }
}
