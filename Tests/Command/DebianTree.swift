import Foundation
import TestSupport

/// A Debian of the release of this machine with nothing in it but the smallest system and `man`, in memory. It needs root and
/// a Debian mirror in /etc/apt.
///
/// It is mounted in a mount namespace of its own, which ends with a keeper process, and that with the test process: nothing
/// stays, whatever happens.
struct DebianTree {
  private let keeper: ChildProcess
  private let folder: URL

  static func with<Value>(_ body: (DebianTree) async throws -> Value) async throws -> Value {
    let mirror = try await Mirror.configured()
    return try await TemporaryFolder.with { scratch in
      let folder = scratch.appendingPathComponent("tree")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      let keeper = try ChildProcess(
        "unshare",
        ["--mount", "sh", "-ec", "mount -t tmpfs -o mode=755 tree \(folder.path); echo ready; exec cat >/dev/null"],
        input: .heldOpen)
      return try await keeper.running {
        while !keeper.outputSoFar.hasPrefix("ready") {
          guard keeper.isRunning else { throw HarnessError("no file system in memory: \(keeper.errorsSoFar)") }
          try await Task.sleep(for: .milliseconds(20))
        }
        let tree = DebianTree(keeper: keeper, folder: folder)
        try await tree.make(from: mirror)
        return try await body(tree)
      }
    }
  }

  private func make(from mirror: Mirror) async throws {
    var environment = ChildProcess.plainEnvironment
    environment["http_proxy"] = mirror.proxy
    let secure = mirror.address.hasPrefix("https:") ? ",ca-certificates" : ""
    let made = try await entered(
      [
        "debootstrap", "--variant=minbase", "--include=man-db\(secure)", mirror.release, folder.path, mirror.address,
      ], environment: environment)
    guard made.status == 0 else {
      throw HarnessError(
        """
        no Debian tree could be made from \(mirror.address), the mirror in /etc/apt; this test needs one that answers:
        \(made.output.suffix(2000))\(made.errors.suffix(2000))
        """)
    }
    try await inside(
      """
      mount -t proc proc /proc
      printf '#!/bin/sh\\nexit 101\\n' > /usr/sbin/policy-rc.d
      chmod 755 /usr/sbin/policy-rc.d
      """)
    if let proxy = mirror.proxy {
      try await inside("echo 'Acquire::http::Proxy \"\(proxy)\";' > /etc/apt/apt.conf.d/proxy")
    }
  }

  /// Runs a script in the tree that has to succeed, as root or as a user who exists there, and gives what it printed.
  @discardableResult
  func inside(_ script: String, as user: String? = nil) async throws -> String {
    let outcome = try await run(script, as: user)
    guard outcome.status == 0 else {
      throw HarnessError("\(script)\n\(outcome.ending)\n\(outcome.output)\(outcome.errors)")
    }
    return outcome.output
  }

  func run(_ script: String, as user: String? = nil) async throws -> ChildProcess.Outcome {
    let shell = ["sh", "-ec", script]
    let words = user.map { ["runuser", "-u", $0, "--"] + shell } ?? shell
    return try await entered(
      ["chroot", folder.path] + words,
      environment: [
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LANG": "C.UTF-8",
        "DEBIAN_FRONTEND": "noninteractive",
      ])
  }

  /// Copies a file of this machine into a folder of the tree.
  func give(_ file: URL, to place: String) async throws {
    let copied = try await entered(["cp", file.path, folder.path + place], environment: ChildProcess.plainEnvironment)
    guard copied.status == 0 else { throw HarnessError(copied.errors) }
  }

  /// Every file and folder with its kind, mode and owner, but for logs and caches of the system.
  func listing() async throws -> Set<String> {
    let text = try await inside(
      """
      find / -xdev ! -path '/var/log/*' ! -path '/var/cache/*' ! -path '/tmp/*' ! -path '/run/*' \
        -printf '%p %y %m %u:%g\\n'
      """)
    return Set(text.split(separator: "\n").map(String.init))
  }

  private func entered(_ words: [String], environment: [String: String]) async throws -> ChildProcess.Outcome {
    // Its program is looked up with this machine's PATH, before the environment is that of the tree.
    try await ChildProcess.run(
      "/usr/bin/nsenter", ["--target", "\(keeper.identifier)", "--mount", "--"] + words, environment: environment,
      folder: URL(fileURLWithPath: "/"))
  }

  /// Where apt on this machine gets this release of Debian from.
  private struct Mirror {
    let address: String
    let release: String
    let proxy: String?

    static func configured() async throws -> Mirror {
      let release = try await ChildProcess.tool("sh", ["-c", ". /etc/os-release; echo $VERSION_CODENAME"])
        .trimmingCharacters(in: .whitespacesAndNewlines)
      var known = try await address(of: release, lists: nil)
      if known == nil {
        // The lists of its sources may never have been fetched here.
        known = try await TemporaryFolder.with { try await address(of: release, lists: $0) }
      }
      guard let address = known else {
        throw HarnessError("no mirror of Debian \(release) in /etc/apt answers; this test makes a Debian tree from it")
      }
      let set = try await ChildProcess.tool("sh", ["-c", "apt-config shell p Acquire::http::Proxy; true"])
      let inherited = ProcessInfo.processInfo.environment["http_proxy"]
      return Mirror(
        address: address, release: release, proxy: set.firstMatch(of: /p='(.+)'/).map { String($0.1) } ?? inherited)
    }

    private static func address(of release: String, lists: URL?) async throws -> String? {
      var options: [String] = []
      if let lists {
        options = ["-o", "Dir::State::Lists=\(lists.path)", "-o", "APT::Sandbox::User=root"]
        var environment = ChildProcess.plainEnvironment
        environment["http_proxy"] = ProcessInfo.processInfo.environment["http_proxy"]
        _ = try await ChildProcess.run("apt-get", ["update", "-qq"] + options, environment: environment)
      }
      let format = "$(ORIGIN) $(REPO_URI) $(RELEASE) $(CODENAME) $(COMPONENT)"
      let targets = try await ChildProcess.tool(
        "apt-get", ["indextargets"] + options + ["--format", format, "Created-By: Packages"])
      let found = targets.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        .filter { $0.last == "main" && $0.contains(release) }
      // A mirror may call itself otherwise, and then others for Debian may as well.
      let chosen = found.first { $0[0] == "Debian" } ?? found.first
      return chosen?.first { $0.contains("://") || $0.hasPrefix("file:") }
    }
  }
}
