import Files
public import Foundation
public import Mail

/// The letter templates of one campaign, read once and checked as a whole.
///
/// It is a folder `templates/` with one folder per template, in which are `<language>.subject.mustache`,
/// `<language>.txt.mustache` and `<language>.html.mustache` for each language. A campaign without the folder uses the
/// bundled templates; the digests are over the bytes that are really used. The folder `call-script` is not a letter,
/// see ``CallScripts``; it has no subject. Reading fails with all faults of all files together, each with its place.
public struct TemplateSet: Sendable {
  /// One file, with the facts about it that the frozen plan keeps.
  public struct File: Sendable, Hashable {
    /// The path relative to the templates folder: `password-change/de.txt.mustache`.
    public let path: String
    /// SHA-256 of the file's bytes.
    public let digest: SHA256Digest
  }

  /// The files of one language of one template.
  struct Texts: Sendable {
    let subject: TemplateFile
    let text: TemplateFile
    let html: TemplateFile
  }

  /// The files of one language of the script for calls.
  struct Script: Sendable {
    let text: TemplateFile
    let html: TemplateFile
  }

  /// The files in the order of their paths.
  public let files: [File]
  /// True when the campaign has no templates folder of its own.
  public let isBundled: Bool
  let texts: [String: [String: Texts]]
  /// The scripts by language; empty when the set has no script for calls.
  let scripts: [String: Script]
  private let digests: [String: SHA256Digest]

  /// Names of the letters, sorted.
  public var names: [String] { texts.keys.sorted() }

  /// Languages of a template, sorted; empty for an unknown name.
  public func languages(of template: String) -> [String] { texts[template]?.keys.sorted() ?? [] }

  /// SHA-256 over the template's files in the order of their paths: for each the text `PATH NUL HEX-DIGEST LF`.
  public func digest(of template: String) -> SHA256Digest? { digests[template] }

  /// A template is some pages of text, perhaps with a picture; something much larger is some other file.
  package static let largestFile = 1 << 20
  /// A hundred letters in two languages.
  static let mostFiles = 600

  /// Reads `folder`, the campaign's `templates/`; takes the bundled templates when there is no such folder.
  public static func load(folder: URL) throws(TemplateError) -> TemplateSet {
    let manager = FileManager.default
    guard manager.fileExists(atPath: folder.path) else { return try bundled() }
    var files: [(path: String, bytes: [UInt8])] = []
    do {
      for template in try manager.contentsOfDirectory(atPath: folder.path).sorted() where !template.hasPrefix(".") {
        let inside = folder.appendingPathComponent(template)
        var isFolder: ObjCBool = false
        guard manager.fileExists(atPath: inside.path, isDirectory: &isFolder), isFolder.boolValue else { continue }
        for name in try manager.contentsOfDirectory(atPath: inside.path).sorted() where name.hasSuffix(".mustache") {
          guard files.count < mostFiles else {
            throw TemplateError(
              file: folder.path, message: "has more than \(mostFiles) templates; remove those that no letter is made of"
            )
          }
          let bytes = try RandomAccessFile.contents(of: inside.appendingPathComponent(name).path, atMost: largestFile)
          files.append(("\(template)/\(name)", bytes))
        }
      }
    } catch let error as TemplateError {
      throw error
    } catch let error as FileError {
      throw TemplateError(file: error.path, message: "cannot be read: \(error.cause)")
    } catch {
      throw TemplateError(
        file: (error as NSError).userInfo[NSFilePathErrorKey] as? String ?? folder.path,
        message: "cannot be read: \(error.localizedDescription)")
    }
    return try TemplateSet(files: files, origin: folder.path + "/", isBundled: false)
  }

  /// The templates bundled in the program; parsed once, since they never change.
  public static func bundled() throws(TemplateError) -> TemplateSet { try parsedBundle.get() }

  private static let parsedBundle = Result { () throws(TemplateError) -> TemplateSet in
    try TemplateSet(files: BundledTemplates.templateFiles, origin: "bundled:", isBundled: true)
  }

  /// `files` by path relative to the folder that `origin` names in errors.
  init(files: [(path: String, bytes: [UInt8])], origin: String, isBundled: Bool) throws(TemplateError) {
    var faults: [TemplateError.Fault] = []
    var found: [String: [String: [LetterPart: TemplateFile]]] = [:]
    var broken: Set<String> = []
    var listed: [File] = []
    for (path, bytes) in files.sorted(by: { $0.path < $1.path }) {
      let parts = path.split(separator: "/").map(String.init)
      guard parts.count == 2, let (language, part) = TemplateFile.parts(of: parts[1]) else {
        faults.append(
          .init(
            file: origin + path, line: nil, column: nil,
            message:
              "is not named LANGUAGE.subject.mustache, LANGUAGE.txt.mustache or LANGUAGE.html.mustache; rename it"))
        continue
      }
      guard TemplateKind(template: parts[0]).parts.contains(part) else {
        faults.append(
          .init(file: origin + path, line: nil, column: nil, message: "has no place here; a script has no subject"))
        continue
      }
      do throws(TemplateError) {
        let file = try TemplateFile(
          template: parts[0], language: language, part: part, bytes: bytes, file: origin + path)
        found[parts[0], default: [:]][language, default: [:]][part] = file
        listed.append(File(path: path, digest: file.digest))
      } catch {
        faults += error.faults
        broken.insert(path)
        // The language is recorded anyway, so that its missing files are reported too.
        found[parts[0], default: [:]][language, default: [:]] = found[parts[0]]?[language] ?? [:]
      }
    }
    var texts: [String: [String: Texts]] = [:]
    var scripts: [String: Script] = [:]
    for (template, languages) in found {
      let kind = TemplateKind(template: template)
      for (language, parts) in languages {
        for part in kind.parts where parts[part] == nil {
          let path = "\(template)/\(language).\(part.rawValue).mustache"
          if !broken.contains(path) {
            faults.append(
              .init(
                file: origin + path, line: nil, column: nil,
                message: "is missing; \(kind.needs)"))
          }
        }
        guard let text = parts[.text], let html = parts[.html] else { continue }
        if kind == .callScript {
          scripts[language] = Script(text: text, html: html)
        } else if let subject = parts[.subject] {
          texts[template, default: [:]][language] = Texts(subject: subject, text: text, html: html)
        }
      }
    }
    guard faults.isEmpty else {
      throw TemplateError(
        faults.sorted { ($0.file, $0.line ?? 0, $0.column ?? 0) < ($1.file, $1.line ?? 0, $1.column ?? 0) })
    }
    guard !texts.isEmpty else {
      throw TemplateError(
        file: origin, message: "there is no template in this folder; remove the folder to use the bundled templates")
    }
    self.files = listed
    self.texts = texts
    self.scripts = scripts
    self.isBundled = isBundled
    digests = Dictionary(
      uniqueKeysWithValues: texts.keys.map { template in
        let lines = listed.filter { $0.path.hasPrefix(template + "/") }.map { "\($0.path)\0\($0.digest.hex)\n" }
        return (template, SHA256.digest(of: Array(lines.joined().utf8)))
      })
  }
}
