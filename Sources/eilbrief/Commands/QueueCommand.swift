import ArgumentParser
import Operations
import Queue

struct QueueCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "queue", abstract: "Sets up a queue in a PostgreSQL database.", subcommands: [InitQueueCommand.self])
}

struct InitQueueCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Makes the queue in the database that the queue folder names, or brings it up to date.",
    discussion: """
      The file queue.yaml of the queue folder names the database, as in “database: postgresql://host/eilbrief”; see
      docs/several-machines.md. A queue that is there already is kept.
      """.flowing)

  @OptionGroup var queue: QueueOptions

  func run() throws {
    let setup = try QueueSetup(queue.folder, Machine.dependencies())
    let (place, format) = (setup.queue.place, setup.queue.now)
    if setup.isNew {
      Console.print("\(place): the queue was made (format \(format)).")
    } else if setup.isConverted {
      Console.print("\(place): the queue was converted from format \(setup.queue.before) to \(format).")
    } else {
      Console.print("\(place): the queue is there already (format \(format)).")
    }
  }
}
