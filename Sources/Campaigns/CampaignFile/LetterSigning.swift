public import Foundation

/// Who signs the letters with DKIM (RFC 6376), as `dkim:` of the campaign file says.
public enum LetterSigning: Sendable, Hashable {
  /// The relay does; letters leave us unsigned.
  case relay
  case here(DKIMSettings)
}

extension Campaign {
  /// The files of the keys that sign its letters, with their certificates and passphrases.
  public var keyFiles: [URL] {
    let dkim = if case .here(let settings) = dkim { settings.keys.map(\.key.file) } else { [URL]() }
    return dkim + (smime?.files ?? [])
  }
}
