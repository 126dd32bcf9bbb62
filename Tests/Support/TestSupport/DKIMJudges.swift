import Foundation

/// Two verifiers of DKIM signatures that are not ours: dkimpy and OpenDKIM, both with the public keys of a test in the
/// place of DNS.
public struct DKIMJudges: Sendable {
  /// The algorithms (`rsa-sha256`, `ed25519-sha256`) whose signature each of them finds good.
  public struct Verdict: Sendable, Hashable {
    public let dkimpy: Set<String>
    public let openDKIM: Set<String>

    public init(_ both: Set<String>) { (dkimpy, openDKIM) = (both, both) }

    fileprivate init(dkimpy: Set<String>, openDKIM: Set<String>) {
      self.dkimpy = dkimpy
      self.openDKIM = openDKIM
    }
  }

  private let records: [String: String]

  /// - Parameter records: the TXT records by their names.
  public init(records: [String: String]) { self.records = records }

  /// By the names of the messages, which must be fit for files.
  public func verdicts(on messages: [String: [UInt8]]) async throws -> [String: Verdict] {
    let folder = try TemporaryFolder()
    let letters = folder.url.appending(path: "letters", directoryHint: .isDirectory)
    try FileManager.default.createDirectory(at: letters, withIntermediateDirectories: false)
    for (name, bytes) in messages { try Data(bytes).write(to: letters.appending(path: name)) }
    let python = try await dkimpy(folder)
    let keys = records.map { "\($0.key) \($0.value)\n" }.joined()
    let keyFile = try folder.write(keys.utf8, to: "keys")
    try folder.write("TestPublicKeys \(keyFile.path)\nMode v\nSyslog no\n".utf8, to: "opendkim.conf")
    var verdicts: [String: Verdict] = [:]
    for name in messages.keys {
      verdicts[name] = Verdict(dkimpy: Set(python[name] ?? []), openDKIM: try await openDKIM("letters/\(name)", folder))
    }
    return verdicts
  }

  private func dkimpy(_ folder: TemporaryFolder) async throws -> [String: [String]] {
    let script = """
      import dkim, json, os
      records = json.load(open("records.json"))
      def lookup(name, timeout=5):
          return records.get(name.decode().rstrip("."), "").encode() or None
      verdicts = {}
      for file in os.listdir("letters"):
          message = open("letters/" + file, "rb").read()
          count = sum(name.lower() == b"dkim-signature" for name, _ in dkim.DKIM(message).headers)
          verdicts[file] = []
          for index in range(count):
              judge = dkim.DKIM(message)
              try:
                  good = judge.verify(idx=index, dnsfunc=lookup)
              except dkim.DKIMException:
                  good = False
              if good:
                  verdicts[file].append(judge.signature_fields[b"a"].decode())
      print(json.dumps(verdicts))
      """
    try folder.write(JSONEncoder().encode(records), to: "records.json")
    // Debian's Python is the one that has the Debian package, whichever comes first in PATH.
    let output = try await ChildProcess.tool("/usr/bin/python3", ["-c", script], folder: folder.url)
    return try JSONDecoder().decode([String: [String]].self, from: Data(output.utf8))
  }

  /// It prints the Authentication-Results field it would add, with a part for each signature.
  private func openDKIM(_ file: String, _ folder: TemporaryFolder) async throws -> Set<String> {
    let outcome = try await ChildProcess.run(
      "opendkim", ["-x", "opendkim.conf", "-t", file, "-vvv"], folder: folder.url)
    let words = outcome.output + outcome.errors
    guard words.contains("Authentication-Results") else { throw HarnessError("opendkim: \(outcome.ending)\n\(words)") }
    return Set(
      outcome.output.split(separator: ";").filter { $0.contains(/dkim=pass\b/) }.compactMap { part in
        part.firstMatch(of: /header\.a=([a-z0-9-]+)/).map { String($0.1) }
      })
  }
}
