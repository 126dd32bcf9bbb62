public import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTPTypes
public import Operations
public import ServiceLifecycle

/// The status page of a queue folder: all its campaigns live, and what an operator and the callers do, on loopback.
///
/// Reads as a reader of the store, so that it never stands in a delivery's way, and acts through the operations that the
/// commands use. Everything but the form that asks for the token needs the token. Runs until the service is shut down.
public struct PageServer: Service {
  public static let standardPort = 8420
  /// Connections at a time; others wait.
  static let mostConnections = 256
  static let idleLimit = TimeAmount.seconds(30)
  static let requestLimit = TimeAmount.seconds(10)

  private let queue: URL
  private let queuePath: String?
  private let port: Int
  private let publicURL: PublicURL?
  private let manager: ServiceManager
  private let dependencies: Dependencies
  private let isStopped: @Sendable (Int32) -> Bool
  private let ready: @Sendable (_ port: Int, _ tokenFile: URL) -> Void

  /// - Parameters:
  ///   - queuePath: The queue folder as it was named; nil for the default one.
  ///   - port: Of 127.0.0.1; 0 for any free one.
  ///   - isStopped: Whether a process of this machine is stopped.
  ///   - ready: Called once, when pages are served.
  public init(
    queue: URL, queuePath: String?, port: Int = PageServer.standardPort, publicURL: PublicURL? = nil,
    manager: ServiceManager, _ dependencies: Dependencies, isStopped: @escaping @Sendable (Int32) -> Bool,
    ready: @escaping @Sendable (_ port: Int, _ tokenFile: URL) -> Void
  ) {
    (self.queue, self.queuePath, self.port, self.publicURL) = (queue, queuePath, port, publicURL)
    (self.manager, self.dependencies, self.isStopped, self.ready) = (manager, dependencies, isStopped, ready)
  }

  /// Fails with the kind `usage` where there is no queue folder, `cannotWrite` where no token can be kept, and `stopped`
  /// when the port is taken.
  public func run() async throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: queue.path, isDirectory: &isFolder), isFolder.boolValue else {
      throw OperatorError(.usage, "\(queue.path) is no queue folder.")
    }
    func keep(_ name: String) throws -> AccessToken {
      try AccessToken.keep(name, in: queue, randomBytes: dependencies.randomBytes)
    }
    let (token, metricsToken) = (try keep(AccessToken.fileName), try keep(AccessToken.metricsFileName))
    let tokenFile = queue.appendingPathComponent(AccessToken.fileName)
    var quiet = dependencies.log
    quiet.logLevel = .critical
    let (ready, manager) = (ready, manager)
    let bound = BoundPort(port)
    let application = Application(
      responder: PageResponder(
        queue: queue, queuePath: queuePath,
        gate: RequestGuard(port: bound, publicURL: publicURL, token: token, metricsToken: metricsToken),
        isSecure: publicURL?.isSecure ?? false, dependencies: dependencies, isStopped: isStopped,
        feeds: CampaignFeeds(dependencies, isStopped: isStopped)),
      server: .http1(
        configuration: .init(
          additionalChannelHandlers: [ConnectionDeadlines(request: Self.requestLimit, reader: Self.idleLimit)],
          idleTimeout: Self.idleLimit,
          httpDecoderConfiguration: .init(
            maxHeaderFieldSize: 8 * 1024, maxHeaderListSize: 16 * 1024, maxHeaderFieldCount: 60))),
      configuration: .init(
        address: .hostname("127.0.0.1", port: port),
        availableConnectionsDelegate: MaximumAvailableConnections(Self.mostConnections, logger: quiet)),
      onServerRunning: { channel in
        let port = channel.localAddress?.port ?? 0
        bound.set(port)
        ready(port, tokenFile)
        manager.ready()
        manager.status("Serves the status page at 127.0.0.1:\(port).")
      }, logger: quiet)
    do {
      try await withGracefulShutdownHandler {
        try await application.run()
      } onGracefulShutdown: {
        manager.stopping("Stopping: open pages are closed.")
      }
    } catch let error as IOError where error.errnoCode == EADDRINUSE {
      throw OperatorError(.stopped, "port \(port) of 127.0.0.1 is taken: name another one with --port.")
    }
  }
}
