import HTTPTypes

/// The headers of every answer: nothing from elsewhere, no script but the page's own, no frame around it, nothing kept.
enum SecurityHeaders {
  static let policy = [
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'", "connect-src 'self'",
    "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
  ].joined(separator: "; ")

  static let all: [(HTTPField.Name, String)] = [
    (.contentSecurityPolicy, policy), (.xContentTypeOptions, "nosniff"), (name("X-Frame-Options"), "DENY"),
    // With “no-referrer” a browser would not name the origin of a form.
    (name("Referrer-Policy"), "same-origin"), (.cacheControl, "no-store"),
    (name("Cross-Origin-Opener-Policy"), "same-origin"), (name("Cross-Origin-Resource-Policy"), "same-origin"),
    (name("Cross-Origin-Embedder-Policy"), "require-corp"),
    (name("Permissions-Policy"), "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    (name("X-Robots-Tag"), "noindex"),
  ]

  static func add(to fields: inout HTTPFields) {
    for (name, value) in all { fields[name] = value }
  }

  private static func name(_ text: String) -> HTTPField.Name { HTTPField.Name(text)! }
}
