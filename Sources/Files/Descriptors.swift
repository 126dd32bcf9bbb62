import Foundation

/// The file descriptors of this process: how many it may have open, and how many it has.
public enum Descriptors {
  /// Whether an `errno` says that no descriptor could be had: by this process, or by the whole machine.
  public static func areExhausted(_ code: Int32) -> Bool { code == EMFILE || code == ENFILE }

  /// What to do about it, as a clause.
  public static let advice =
    "this process may have no more files open; raise its limit (`ulimit -n`, LimitNOFILE= of a service) or lower "
    + "relays.connections in campaign.yaml, then run the command again"

  /// Raises the soft limit to `wanted`, as far as the hard limit allows; never lowers it. Returns the soft limit then.
  @discardableResult
  public static func raiseLimit(to wanted: Int) -> Int {
    var limit = rlimit()
    guard getrlimit(resource, &limit) == 0 else { return 256 }
    if Int(clamping: limit.rlim_cur) < wanted {
      var raised = limit
      raised.rlim_cur = min(rlim_t(max(wanted, 0)), limit.rlim_max)
      if raised.rlim_cur > limit.rlim_cur, setrlimit(resource, &raised) == 0 { limit = raised }
    }
    return Int(clamping: limit.rlim_cur)
  }

  #if canImport(Glibc)
    private static let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
  #else
    private static let resource = RLIMIT_NOFILE
  #endif

  /// The number that is open now.
  public static var open: Int {
    // The folder of this listing is among them.
    if let names = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd") {
      return max(0, names.count - 1)
    }
    return (0..<1024).count { fcntl(Int32($0), F_GETFD) >= 0 }
  }

  /// Whether `count` more can be had now; tried out.
  public static func areFree(_ count: Int) -> Bool {
    var taken: [Int32] = []
    defer { for descriptor in taken { close(descriptor) } }
    for _ in 0..<count {
      let descriptor = Foundation.open("/dev/null", O_RDONLY | O_CLOEXEC)
      guard descriptor >= 0 else { return !areExhausted(errno) }
      taken.append(descriptor)
    }
    return true
  }
}
