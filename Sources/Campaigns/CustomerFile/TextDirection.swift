import Mail

/// What is done about the invisible characters that rule the direction of writing (UAX #9), which come into a spreadsheet
/// from web forms and address books.
///
/// A name that turns the direction of what follows makes a reader see another name, or another sentence: it is refused. A
/// telephone number is a different thing: telephones put such characters around every number that is copied from them, and
/// nothing but its digits counts, so there they are left out.
enum TextDirection {
  static let why = "an invisible character that turns the direction of the writing behind it; remove it"
}

extension String {
  /// The first character that turns the direction of what follows; plain ASCII and most of Latin is passed over quickly.
  var firstTurningScalar: Unicode.Scalar? {
    guard utf8.contains(0xE2) else { return nil }
    return unicodeScalars.first(where: \.turnsDirection)
  }

  /// Without any character that rules the direction of writing, the marks too.
  var withoutDirectionMarks: String {
    guard utf8.contains(where: { $0 == 0xE2 || $0 == 0xD8 }) else { return self }
    let isMark = { (scalar: Unicode.Scalar) in [0x200E, 0x200F, 0x061C].contains(scalar.value) }
    return String(String.UnicodeScalarView(unicodeScalars.filter { !$0.turnsDirection && !isMark($0) }))
      .trimmingBlanks()
  }
}
