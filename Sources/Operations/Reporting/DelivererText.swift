public import Reports

/// Who delivers a campaign that runs, in words.
public enum DelivererText {
  /// - Parameter status: Of a campaign that is `running`.
  public static func message(_ status: CampaignStatus) -> OperatorMessage {
    if let process = status.process {
      guard !process.isStopped else { return stopped(process, "and delivers nothing") }
      let since: OperatorMessage = process.since.map { " since \(time: $0)" } ?? ""
      return "Process \(process.pid) on \(process.host) delivers it" + since + "."
    }
    if let worker = status.idleWorker {
      guard !worker.isStopped else {
        return stopped(worker, "and delivers nothing: it is the worker of this queue folder")
      }
      // It looks for campaigns every two seconds; where one has failed, its line of the trouble says when it is tried again.
      return "The worker, process \(worker.pid) on \(worker.host), has it to deliver and is not at it just now."
    }
    guard status.hasBegun else {
      return
        "No process delivers it, and no letter was tried yet: \(step: .resume) begins, or a worker (\(step: .work))."
    }
    // What a process leaves that was killed is what one leaves that handed it over.
    return """
      No process delivers it now, and letters are left: the last one was killed, or a worker was stopped or has not begun. \
      \(step: .resume) continues, or a worker (\(step: .work)).
      """
  }

  private static func stopped(_ process: DeliveringProcess, _ words: String) -> OperatorMessage {
    """
    Process \(process.pid) is stopped \(words): `kill -CONT \(process.pid)` lets it go on, `kill -9 \(process.pid)` ends \
    it.
    """
  }
}
