import Foundation
import TestSupport
import Testing

/// `make deb`: what is in the package, and what it does on a Debian that has no Swift.
@Suite(.serialized) struct DebianPackageLongTests {
  @Test(.timeLimit(.minutes(10))) func isWholeAndReproducible() async throws {
    try await TemporaryFolder.with { folder in
      let program = try await DebianPackage.linkedProgram(in: folder)
      let package = try await DebianPackage(of: program, in: folder.appendingPathComponent("first"))
      let again = try await DebianPackage(of: program, in: folder.appendingPathComponent("second"))
      #expect(package.file.lastPathComponent == again.file.lastPathComponent)
      #expect(try Data(contentsOf: package.file) == Data(contentsOf: again.file))
      let remarks = try await ChildProcess.run(
        "lintian",
        [
          "--allow-root", "--profile", "debian", "--display-info", "--fail-on", "error,warning,info", package.file.path,
        ])
      #expect(remarks.status == 0, "\(remarks.output)\(remarks.errors)")
      try everyExceptionHasItsReason()

      let root = folder.appendingPathComponent("root")
      try await ChildProcess.tool("dpkg-deb", ["--extract", package.file.path, root.path])
      let unit = try String(
        contentsOf: root.appendingPathComponent("lib/systemd/system/eilbrief-worker.service"), encoding: .utf8)
      #expect(unit.contains("\nExecStart=/usr/bin/eilbrief worker ") && unit.contains("=man:eilbrief-worker(1) "))
      let page = try String(
        contentsOf: root.appendingPathComponent("lib/systemd/system/eilbrief-serve.service"), encoding: .utf8)
      #expect(page.contains("\nExecStart=/usr/bin/eilbrief serve ") && page.contains("=man:eilbrief-serve(1) "))
      let share = root.appendingPathComponent("usr/share")
      for place in [
        "bash-completion/completions/eilbrief", "zsh/vendor-completions/_eilbrief",
        "fish/vendor_completions.d/eilbrief.fish", "eilbrief/templates/password-change/de.txt.mustache",
        "doc/eilbrief/examples/example/campaign.yaml",
      ] {
        #expect(FileManager.default.fileExists(atPath: share.appendingPathComponent(place).path), "\(place)")
      }
      try await everyCommandHasItsPage(root)
      try await theCopyrightNamesWhatIsLinked(root)
      let changes = try await ChildProcess.tool(
        "dpkg-parsechangelog",
        ["--format", "rfc822", "--all", "--file", "/dev/stdin"],
        input: .bytes(
          Array(
            try await ChildProcess.tool("zcat", [root.path + "/usr/share/doc/eilbrief/changelog.Debian.gz"]).utf8)))
      #expect(changes.contains("Version: \(try await package.field("Version"))\n") && changes.contains("A worker:"))
    }
  }

  /// A program that looks for the Swift runtime elsewhere is not packed.
  @Test func wantsTheRuntimeLinkedIn() async throws {
    try await TemporaryFolder.with { folder in
      let made = try await DebianPackage.make(of: try EilbriefProcess.executable(), in: folder)
      #expect(made.status != 0 && made.errors.contains("--static-swift-stdlib"), "\(made.errors)")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
    }
  }

  private func everyExceptionHasItsReason() throws {
    let text = try String(contentsOf: PackageRoot.file(".ci/debian/eilbrief.lintian-overrides"), encoding: .utf8)
    let lines = text.split(separator: "\n")
    for (before, line) in zip([""] + lines, lines) where !line.hasPrefix("#") {
      #expect(before.hasPrefix("# "), "\(line)")
    }
  }

  /// A page for each command with all its options, which neither groff nor mandoc has anything to say against.
  private func everyCommandHasItsPage(_ root: URL) async throws {
    let folder = root.appendingPathComponent("usr/share/man/man1")
    try await ChildProcess.tool("gunzip", ["--recursive", folder.path])
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    let pages = names.map { folder.appendingPathComponent($0).path }
    let lint = try await ChildProcess.run("mandoc", ["-T", "lint", "-W", "style"] + pages)
    // It looks for the pages of this package among those that are installed here.
    let remarks = lint.output.split(separator: "\n").filter { !$0.contains("referenced manual not found: Xr eilbrief") }
    #expect(remarks == [] && lint.errors == "", "\(remarks) \(lint.errors)")
    var leaves = try await CommandList.read()
    let groups = Set(leaves.keys.map { $0.dropLast() }).map { (["eilbrief"] + $0).joined(separator: "-") + ".1" }
    #expect(Set(names) == Set(leaves.keys.map { (["eilbrief"] + $0).joined(separator: "-") + ".1" } + groups))
    leaves[[]] = nil
    for (words, command) in leaves {
      let page = folder.appendingPathComponent((["eilbrief"] + words).joined(separator: "-") + ".1").path
      var environment = ChildProcess.plainEnvironment
      environment["MANWIDTH"] = "80"
      let shown = try await ChildProcess.run(
        "man", ["--warnings", "--local-file", "--encoding=UTF-8", page], environment: environment)
      #expect(shown.status == 0 && shown.errors == "", "\(words): \(shown.errors)")
      for name in command.arguments?.flatMap({ $0.names ?? [] }).map(\.name) ?? [] {
        #expect(shown.output.contains(name.count == 1 ? "-\(name)" : "--\(name)"), "\(words) \(name)")
      }
    }
  }

  /// Of each Swift package with an object in the program there is a paragraph.
  private func theCopyrightNamesWhatIsLinked(_ root: URL) async throws {
    let copyright = try String(
      contentsOf: root.appendingPathComponent("usr/share/doc/eilbrief/copyright"), encoding: .utf8)
    let products = try EilbriefProcess.executable().deletingLastPathComponent()
    let objects = try String(
      contentsOf: products.appendingPathComponent("eilbrief.product/Objects.LinkFileList"), encoding: .utf8)
    let modules = Set(objects.matches(of: /\/([^\/]+)\.build\//).map { String($0.1) })
    let checkouts = PackageRoot.file(".build/checkouts")
    var linked: [String] = []
    for package in try FileManager.default.contentsOfDirectory(atPath: checkouts.path) {
      let sources = checkouts.appendingPathComponent("\(package)/Sources").path
      let own = try FileManager.default.contentsOfDirectory(atPath: sources)
      if !modules.isDisjoint(with: own) || (package == "GRDB.swift") { linked.append(package) }
    }
    #expect(linked.count >= 8)
    for package in linked { #expect(copyright.contains(" \(package)/*\n"), "\(package)") }
  }

  /// The way of a new user by README alone, on a Debian without Swift; then the package goes, and leaves queue folders alone.
  @Test(.timeLimit(.minutes(15))) func installsRunsAndGoes() async throws {
    try await TemporaryFolder.with { folder in
      let program = try await DebianPackage.linkedProgram(in: folder)
      let package = try await DebianPackage(of: program, in: folder.appendingPathComponent("package"))
      try await DebianTree.with { tree in
        try await tree.inside("useradd --create-home desk")
        try await tree.give(package.file, to: "/home/desk/")
        // What it depends on, and nothing else: what is missing in Depends is missing here.
        let depends = try await package.field("Depends")
        try await tree.inside("apt-get satisfy --yes --no-install-recommends -q '\(depends)'")
        #expect(try await tree.run("command -v swift").status != 0)
        try await comesAndGoes(tree)
        try await tree.inside("apt-get satisfy --yes -q '\(try await package.field("Recommends"))'")
        try await leavesQueueFolders(tree)
      }
    }
  }

  private func comesAndGoes(_ tree: DebianTree) async throws {
    let before = try await tree.listing()
    try await tree.inside("cd /home/desk && apt-get install --yes --no-install-recommends ./eilbrief_*.deb")
    let state = try await tree.inside("stat --format '%a %U:%G' /var/lib/eilbrief")
    #expect(state == "700 eilbrief:eilbrief\n")
    let man = try await tree.inside("man eilbrief && man eilbrief-receipts-show && man -k eilbrief", as: "desk")
    #expect(man.contains("EXIT STATUS") && man.contains("--customer") && man.contains("eilbrief-dkim-key (1)"))
    try await theExample(tree)
    try await tree.inside("apt-get purge --yes eilbrief")
    let changed = try await tree.listing().symmetricDifference(before).filter { !$0.hasPrefix("/home/desk") }
    #expect(changed.sorted() == [])
    #expect(try await tree.run("getent passwd eilbrief || getent group eilbrief").output == "")
  }

  private func leavesQueueFolders(_ tree: DebianTree) async throws {
    let before = try await tree.listing()
    try await readmeAlone(tree)
    try await ownQueueFolder(tree)
    try await tree.inside("systemctl enable eilbrief-worker && systemctl is-enabled eilbrief-worker")
    try await tree.inside("apt-get remove --yes eilbrief && apt-get purge --yes eilbrief")
    let left = try await tree.listing().subtracting(before).map { $0.split(separator: " ")[0] }
      .filter { !$0.hasPrefix("/home/desk") }
    #expect(left.contains("/var/lib/eilbrief/herbst/campaign.yaml"))
    #expect(left.filter { $0 != "/var/lib/eilbrief" && !$0.hasPrefix("/var/lib/eilbrief/") } == [])
    // Whom the files belong to.
    #expect(try await tree.inside("stat --format %U /var/lib/eilbrief/herbst") == "eilbrief\n")
  }

  /// The commands of the README's first way, as they stand there.
  private func readmeAlone(_ tree: DebianTree) async throws {
    let readme = try String(contentsOf: PackageRoot.file("README.md"), encoding: .utf8)
    let section = try #require(readme.components(separatedBy: "\n## ").first { $0.hasPrefix("From the package") })
    let commands = section.matches(of: /(?m)^    ([#$]) (.+?)(?:  +#.*)?$/).map { ($0.1, String($0.2)) }
    #expect(commands.first?.0 == "#" && commands.filter { $0.0 == "$" }.count >= 4, "\(commands)")
    for (prompt, command) in commands {
      let outcome =
        prompt == "#"
        ? try await tree.run("cd /home/desk && yes | \(command)")
        : try await tree.run("cd /home/desk && HOME=/home/desk \(command)", as: "desk")
      // 1: some letters of the rehearsal were refused or are uncertain, as the README says.
      let fine = outcome.status == 0 || (outcome.status == 1 && command.hasPrefix("eilbrief rehearse"))
      #expect(fine, "\(command): \(outcome.ending)\n\(outcome.output)\(outcome.errors)")
      if command.hasSuffix("--queue rehearsal") { #expect(outcome.output.contains(";Kanzlei Birkenhof;")) }
    }
    #expect(try await tree.inside("tail -1 /home/desk/report.html") == "</html>\n")
  }

  private func theExample(_ tree: DebianTree) async throws {
    let script = """
      cd /home/desk
      mkdir -p examples
      cp -r /usr/share/doc/eilbrief/examples/example examples/
      sed -i "s/^deadline: .*/deadline: $(date -d tomorrow +%F)T16:00:00+01:00/" examples/example/campaign.yaml
      eilbrief check example --queue examples
      eilbrief rehearse example --queue examples --keep rehearsed --faults 'unknown 4%, lost-reply 4%' || [ $? = 1 ]
      eilbrief receipts verify example --queue rehearsed
      eilbrief report example calls --queue rehearsed
      """
    let shown = try await tree.run(script, as: "desk")
    #expect(shown.status == 0, "\(shown.output)\(shown.errors)")
  }

  /// The queue folder of the service, used by its user.
  private func ownQueueFolder(_ tree: DebianTree) async throws {
    let script = """
      cd /var/lib/eilbrief
      eilbrief init herbst --queue .
      eilbrief rehearse herbst --queue . --keep herbst/rehearsal --faults none
      eilbrief worker --queue . --once
      """
    let shown = try await tree.run(script, as: "eilbrief")
    #expect(shown.status == 0, "\(shown.output)\(shown.errors)")
  }
}
