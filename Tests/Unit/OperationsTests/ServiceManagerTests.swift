import Foundation
import TestSupport
import Testing

@testable import Operations

@Suite struct ServiceManagerTests {
  @Test(arguments: [false, true]) func datagramsArrive(isAbstract: Bool) throws {
    let folder = try TemporaryFolder()
    let socket = try NotifySocket(
      isAbstract ? "@eilbrief-unit-\(getpid())" : folder.url.appendingPathComponent("s").path)
    let manager = ServiceManager(["NOTIFY_SOCKET": socket.name, "WATCHDOG_USEC": "60000000"], process: 1)
    manager.ready()
    manager.status("two\nlines")
    manager.status("two lines")
    manager.alive()
    manager.alive()
    manager.stopping()
    #expect(
      socket.messages == [
        "READY=1", "STATUS=two lines", "WATCHDOG=1",
        "STOPPING=1\nSTATUS=Stopping: what is on the wire is finished.",
      ])
  }

  @Test func theWatchdogIsForTheProcessItNames() {
    #expect(ServiceManager(["WATCHDOG_USEC": "4000000"], process: 5).watchdogInterval == .seconds(2))
    #expect(
      ServiceManager(["WATCHDOG_USEC": "4000000", "WATCHDOG_PID": "5"], process: 5).watchdogInterval == .seconds(2))
    #expect(ServiceManager(["WATCHDOG_USEC": "4000000", "WATCHDOG_PID": "6"], process: 5).watchdogInterval == nil)
    #expect(ServiceManager([:], process: 5).watchdogInterval == nil)
  }

  @Test(arguments: ["relative", "/", "@", String(repeating: "/x", count: 60), "/nowhere/socket"])
  func aWrongSocketChangesNothing(name: String) {
    let manager = ServiceManager(["NOTIFY_SOCKET": name], process: 1)
    manager.ready()
    manager.alive()
  }
}
