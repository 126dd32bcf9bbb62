import CExpat

/// The names of elements and attributes that a reader of XML knows, without their prefixes; the raw values begin with 1.
protocol XMLName: RawRepresentable<UInt8>, CaseIterable, Sendable {
  var text: String { get }
  /// ``listed``, made once.
  static var list: [UInt8] { get }
}

extension XMLName {
  /// All names in their order, each with a zero byte behind it.
  static var listed: [UInt8] { allCases.flatMap { Array($0.text.utf8) + [0] } }
}

/// Takes what ``XMLStream`` finds. An element of another name is nil.
protocol XMLHandler {
  associatedtype Name: XMLName
  /// True when the rest of the document is of no interest.
  var isDone: Bool { get }
  mutating func start(_ element: Name?, _ attributes: XMLAttributes<Name>) throws
  mutating func end(_ element: Name?) throws
  /// A piece of text, which may end anywhere between two characters.
  mutating func text(_ bytes: ArraySlice<UInt8>) throws
}

extension XMLHandler {
  var isDone: Bool { false }
  mutating func text(_ bytes: ArraySlice<UInt8>) throws {}
}

/// The attributes of one element.
struct XMLAttributes<Name: XMLName> {
  fileprivate let events: [UInt8]
  fileprivate let range: Range<Int>

  subscript(name: Name) -> ArraySlice<UInt8>? {
    var at = range.lowerBound
    while at < range.upperBound {
      let length = events.number(at: at + 1)
      if events[at] == name.rawValue { return events[at + 5..<at + 5 + length] }
      at += 5 + length
    }
    return nil
  }

  func text(_ name: Name) -> String? { self[name].map { String(decoding: $0, as: UTF8.self) } }

  /// A number without a sign, at most `Int32.max`; nil when it is none.
  func number(_ name: Name) -> Int? { self[name].flatMap(Int.init(digits:)) }

  /// `1` or `true` (xsd:boolean).
  func flag(_ name: Name) -> Bool {
    guard let value = self[name] else { return false }
    return value.elementsEqual("1".utf8) || value.elementsEqual("true".utf8) || value.elementsEqual("on".utf8)
  }
}

extension Int {
  init?(digits: ArraySlice<UInt8>) {
    guard !digits.isEmpty else { return nil }
    var number = 0
    for byte in digits {
      guard byte >= 0x30, byte <= 0x39 else { return nil }
      number = Swift.min(number * 10 + Int(byte - 0x30), Int(Int32.max))
    }
    self = number
  }
}

extension [UInt8] {
  /// Four bytes, little-endian.
  @inline(__always)
  fileprivate func number(at place: Int) -> Int {
    Int(self[place]) | Int(self[place + 1]) << 8 | Int(self[place + 2]) << 16 | Int(self[place + 3]) << 24
  }
}

/// Parses a document a piece at a time and hands its elements and texts to a handler, with memory for one piece. Fails with
/// a ``WorkbookError``: not well-formed, with a document type (and so with entities), nested too deep.
struct XMLStream<Handler: XMLHandler> {
  /// Owns the parser.
  private final class Parser {
    let pointer: OpaquePointer
    init(_ pointer: OpaquePointer) { self.pointer = pointer }
    deinit { cexpat_close(pointer) }
  }

  private let name: String
  private let parser: Parser
  private let budget: WorkBudget
  private var events: [UInt8] = []

  /// - Parameter name: The part of the workbook, for errors.
  init(_ name: String, _ budget: WorkBudget) throws(WorkbookError) {
    self.name = name
    self.budget = budget
    let names = Handler.Name.list
    guard let pointer = cexpat_open(names, names.count) else { throw .outOfMemory }
    parser = Parser(pointer)
  }

  mutating func parse(_ bytes: [UInt8], isLast: Bool, _ handler: inout Handler) throws {
    let result = cexpat_parse(parser.pointer, bytes, bytes.count, isLast ? 1 : 0)
    var size = 0
    let found = cexpat_events(parser.pointer, &size)
    events.removeAll(keepingCapacity: true)
    events.append(contentsOf: UnsafeBufferPointer(start: found, count: size))
    try handOver(&handler)
    if handler.isDone { return }
    switch result {
    case cexpat_ok: return
    case cexpat_document_type: throw WorkbookError.documentType(name)
    case cexpat_too_deep, cexpat_tag_too_long: throw WorkbookError.unpacksTooFar
    case cexpat_out_of_memory: throw WorkbookError.outOfMemory
    default: throw WorkbookError.notWellFormed(name, line: Int(cexpat_line(parser.pointer)))
    }
  }

  private func handOver(_ handler: inout Handler) throws {
    var at = 0
    var elements = 0
    while at < events.count, !handler.isDone {
      switch cexpat_event(rawValue: UInt32(events[at])) {
      case cexpat_start:
        elements += 1
        let element = Handler.Name(rawValue: events[at + 1])
        let count = events[at + 2]
        let start = at + 3
        at = start
        for _ in 0..<count { at += 5 + events.number(at: at + 1) }
        try handler.start(element, XMLAttributes(events: events, range: start..<at))
      case cexpat_end:
        try handler.end(Handler.Name(rawValue: events[at + 1]))
        at += 2
      default:
        let end = at + 5 + events.number(at: at + 1)
        try handler.text(events[at + 5..<end])
        at = end
      }
    }
    try budget.spend(elements * WorkBudget.element)
  }
}

extension ZipArchive {
  /// Parses a part of the workbook to its end, or until the handler is done.
  func parse<Handler: XMLHandler>(_ name: String, _ handler: inout Handler) throws {
    var stream = try XMLStream<Handler>(name, budget)
    try read(name) { piece in
      try stream.parse(piece, isLast: piece.isEmpty, &handler)
      return !handler.isDone
    }
  }
}
