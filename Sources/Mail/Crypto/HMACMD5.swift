import COpenSSL

/// HMAC-MD5 (RFC 2104), for CRAM-MD5 (RFC 2195) and nothing else.
public enum HMACMD5 {
  /// In small hexadecimal digits; nil where OpenSSL's settings forbid MD5.
  public static func hex(of message: [UInt8], key: [UInt8]) -> String? {
    var digest = [UInt8](repeating: 0, count: Int(copenssl_md5_size))
    guard copenssl_hmac_md5(key, key.count, message, message.count, &digest) else { return nil }
    return digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
