import CCurl
import Foundation

/// libcurl as a whole: what has to happen once in a process, before anything else of it is used.
enum CurlLibrary {
  /// Initialises libcurl and ignores SIGPIPE: a write to a connection that the relay has closed is an error to read, not
  /// the end of the process. Safe to call again.
  static func setUp() {
    precondition(status == CURLE_OK, "libcurl cannot be initialised; the installed library is broken")
  }

  private static let status: CURLcode = {
    signal(SIGPIPE, SIG_IGN)
    return curl_global_init(Int(CURL_GLOBAL_DEFAULT))
  }()
}
