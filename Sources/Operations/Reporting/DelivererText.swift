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
    if let last = status.lastProcess, last.wasKilled {
      let since: OperatorMessage = last.since.map { ", at work on it since \(time: $0)," } ?? ""
      return """
        No process delivers it now. Process \(last.pid) on \(last.host)\(since) did not end by itself: it was killed, or \
        its machine went down, or its disk took no more. \(step: .resume) continues, or a worker (\(step: .work)).
        """
    }
    guard status.hasBegun else {
      return
        "No process delivers it, and no letter was tried yet: \(step: .resume) begins, or a worker (\(step: .work))."
    }
    if let last = status.lastProcess {
      return """
        No process delivers it now, and letters are left. The last one, process \(last.pid) on \(last.host), ended by \
        itself: it handed the campaign over, was told to stop, or failed and said why. \(step: .resume) continues, or a \
        worker (\(step: .work)).
        """
    }
    // On which machine, or by which version, the last one was at work is not known.
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
