/// The shared texts of a workbook (ECMA-376 part 1, 18.4): the runs of a text are put together, and how it is pronounced is
/// left out.
struct SharedTexts: XMLHandler {
  enum Name: UInt8, XMLName {
    static let list = listed
    case si = 1
    case t, rPh
    var text: String { "\(self)" }
  }

  var store = StringStore()
  private var current: [UInt8] = []
  private var isText = false
  private var isPronunciation = false
  private var isInside = false

  mutating func start(_ element: Name?, _ attributes: XMLAttributes<Name>) {
    switch element {
    case .si:
      current.removeAll(keepingCapacity: true)
      isInside = true
    case .t: isText = isInside && !isPronunciation
    case .rPh: isPronunciation = true
    case nil: break
    }
  }

  mutating func end(_ element: Name?) throws {
    switch element {
    case .si:
      isInside = false
      current.decodeEscapes(from: 0)
      try store.append(current)
    case .t: isText = false
    case .rPh: isPronunciation = false
    case nil: break
    }
  }

  mutating func text(_ bytes: ArraySlice<UInt8>) {
    if isText, current.count < SheetRow.longestText * 2 { current += bytes }
  }
}

extension [UInt8] {
  /// Decodes `_x000D_` and the like (ST_Xstring, 22.9.2.19), with which XML's own forbidden characters are written.
  mutating func decodeEscapes(from start: Int) {
    guard self[start...].contains(UInt8(ascii: "_")) else { return }
    var decoded: [UInt8] = []
    var units: [UInt16] = []
    var at = start
    func flush(_ units: inout [UInt16]) {
      decoded += String(decoding: units, as: UTF16.self).utf8
      units = []
    }
    while at < count {
      if let unit = escape(at: at) {
        units.append(unit)
        at += 7
      } else {
        if !units.isEmpty { flush(&units) }
        decoded.append(self[at])
        at += 1
      }
    }
    if !units.isEmpty { flush(&units) }
    replaceSubrange(start..., with: decoded)
  }

  private func escape(at place: Int) -> UInt16? {
    guard place + 7 <= count, self[place] == UInt8(ascii: "_"), self[place + 1] == UInt8(ascii: "x"),
      self[place + 6] == UInt8(ascii: "_")
    else { return nil }
    var unit: UInt16 = 0
    for byte in self[place + 2..<place + 6] {
      let digit: UInt8
      switch byte {
      case 0x30...0x39: digit = byte - 0x30
      case 0x41...0x46: digit = byte - 0x37
      case 0x61...0x66: digit = byte - 0x57
      default: return nil
      }
      unit = unit << 4 | UInt16(digit)
    }
    return unit
  }
}
