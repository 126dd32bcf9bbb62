import ArgumentParser
import Foundation
import Logging
import Operations
import Pages
import ServiceLifecycle
import UnixSignals

struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Serves the status page of a queue folder on this machine until it is told to stop.",
    discussion: """
      All campaigns live, customers, calls, uncertain letters, and what an operator does but a launch; see docs/serve.md.
      Only a browser with the token of the file “page-token” in the queue folder is let in. It is served to this machine
      alone: from elsewhere by `ssh -L`, or behind a reverse proxy with TLS and --public-url. Ctrl-C ends it; no delivery
      depends on it.
      """.flowing)

  @OptionGroup var queue: QueueOptions
  @OptionGroup var log: LogOptions
  @Option(help: "The port of 127.0.0.1; 0 takes any free one.") var port = PageServer.standardPort
  @Option(help: ArgumentHelp("Its address behind a reverse proxy, as https://status.firm.example.", valueName: "url"))
  var publicURL: String?

  func validate() throws {
    guard (0...65_535).contains(port) else { throw ValidationError("--port is a number from 0 to 65535.") }
    if let publicURL, PublicURL(publicURL) == nil {
      throw ValidationError("--public-url is https:// (or http://) and a name, with a port or without, and no more.")
    }
  }

  func run() async throws {
    let dependencies = try Machine.dependencies(log: log.format)
    let server = PageServer(
      queue: queue.folder, queuePath: queue.path, port: port, publicURL: publicURL.flatMap(PublicURL.init),
      manager: ServiceManager(ProcessInfo.processInfo.environment, process: getpid()), dependencies,
      isStopped: { Machine.isStopped($0) },
      ready: { port, token in
        let place = "http://127.0.0.1:\(port)/" + (self.publicURL.map { ", from elsewhere \($0)" } ?? "")
        Console.print("Serving \(self.queue.folder.path) at \(place); the token is in \(token.path).")
      })
    let all: [(number: Int32, signal: UnixSignal)] = [(SIGTERM, .sigterm), (SIGINT, .sigint), (SIGHUP, .sighup)]
    var quiet = dependencies.log
    quiet.logLevel = .critical
    var configuration = ServiceGroupConfiguration(
      services: [.init(service: server, successTerminationBehavior: .gracefullyShutdownGroup)],
      gracefulShutdownSignals: all.filter { !StopSignal.isIgnored($0.number) }.map(\.signal), logger: quiet)
    // A browser that does not read holds nobody up.
    configuration.maximumGracefulShutdownDuration = .seconds(10)
    configuration.maximumCancellationDuration = .seconds(5)
    try await ServiceGroup(configuration: configuration).run()
  }
}
