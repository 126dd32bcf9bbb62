/// How the bodies of a message travel (RFC 2045 §6): what the relay allows.
public enum TransferEncoding: String, Sendable, CaseIterable {
  /// For relays without 8BITMIME: every part in quoted-printable.
  case quotedPrintable = "quoted-printable"
  /// For relays with 8BITMIME (RFC 6152): parts as they are, labelled 7bit where they are plain ASCII. A part with a line
  /// of more than 998 octets travels in quoted-printable all the same.
  case eightBit = "8bit"
}
