import Campaigns
public import Foundation
public import Queue

/// Opens the queue of a queue folder: in the database that its `queue.yaml` names, or in the folder itself where there is no
/// such file.
public struct QueueFolderOpener: StoreOpener {
  private let host: String
  private let process: Int32
  private let credentials: URL?
  private let folders = SQLiteStoreOpener()

  /// - Parameters:
  ///   - process: The number of this process, for others, who are told of it.
  ///   - credentials: systemd's `CREDENTIALS_DIRECTORY`; nil when there is none.
  public init(process: Int32, credentials: URL?) {
    host = SpoolLock.hostName()
    self.process = process
    self.credentials = credentials
  }

  public func open(
    queue folder: URL, access: StoreAccess, lock: SpoolLock?
  ) throws(StoreError) -> any PurgeableStore {
    guard let place = try place(of: folder) else { return try folders.open(queue: folder, access: access, lock: lock) }
    return try PostgresStore.open(
      place.address, password: place.password, access: access, lock: lock, host: host, process: process)
  }

  public func prepare(queue folder: URL) throws(StoreError) -> PreparedQueue? {
    guard let place = try place(of: folder) else { return nil }
    let formats = try PostgresQueue.initialize(
      place.address, password: place.password, host: host, process: process)
    return PreparedQueue(place: place.address.place, before: formats.found, now: formats.now)
  }

  /// Where the folder's queue is; nil: in the folder.
  private func place(of folder: URL) throws(StoreError) -> (address: PostgresAddress, password: String?)? {
    let path = folder.appendingPathComponent(QueueFile.name).path
    do {
      guard let file = try QueueFile.read(folder: folder) else { return nil }
      var address = try PostgresAddress(file.database)
      address.certificates = file.certificates
      let password = try file.passwordFile.map {
        try PasswordFile.read($0, folder: folder, credentials: credentials)
      }
      return (address, password)
    } catch let fault as PostgresAddress.Fault {
      throw .unusable(path: path, reason: "\"database\": \(fault)")
    } catch let error as CampaignFileError {
      throw .unusable(
        path: path,
        reason: error.problems.map { ($0.line.map { "line \($0): " } ?? "") + $0.message }.joined(separator: "; "))
    } catch {
      throw .unusable(path: path, reason: "\(error)")
    }
  }
}
