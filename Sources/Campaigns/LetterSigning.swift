public import Foundation

/// Who signs the letters with DKIM (RFC 6376), as `dkim:` of the campaign file says.
public enum LetterSigning: Sendable, Hashable {
  /// The relay does; letters leave us unsigned.
  case relay
  case here(DKIMSettings)
}

extension Campaign {
  /// The files of the keys that sign its letters.
  public var keyFiles: [URL] {
    if case .here(let settings) = dkim { settings.keys.map(\.key.file) } else { [] }
  }
}
