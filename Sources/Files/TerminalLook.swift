import Foundation

/// What a terminal can show, by the environment: whether lines can be drawn again in place, colours, UTF-8.
public struct TerminalLook: Sendable, Hashable {
  /// Escape sequences may be sent: a terminal is there, and TERM is neither `dumb` nor missing.
  public var canRedraw: Bool
  /// Colours are wanted: NO_COLOR is not set (no-color.org), and escape sequences may be sent.
  public var hasColors: Bool
  public var isUTF8: Bool

  public init(canRedraw: Bool, hasColors: Bool, isUTF8: Bool) {
    (self.canRedraw, self.hasColors, self.isUTF8) = (canRedraw, hasColors, isUTF8)
  }

  public init(isTerminal: Bool, environment: [String: String]) {
    func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
    canRedraw = isTerminal && !["dumb", nil].contains(value("TERM"))
    hasColors = canRedraw && value("NO_COLOR") == nil
    // The order of POSIX; without any of them the locale is C.
    let locale = value("LC_ALL") ?? value("LC_CTYPE") ?? value("LANG") ?? "C"
    isUTF8 = locale.lowercased().replacing("-", with: "").contains("utf8")
  }
}
