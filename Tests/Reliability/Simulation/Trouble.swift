/// What befalls one process, and when: at a number of jobs, so that every step is as good as another.
struct Trouble {
  enum Kind { case crash, stop, wake, signal, jump, pause, cancel }

  struct Event {
    var job: Int
    var kind: Kind
  }

  private var events: [Event] = []

  init(scenario: Scenario, dice: inout Dice, jobs: Int) {
    func add(_ kind: Kind, _ share: Int, _ dice: inout Dice) {
      guard dice.chance(share) else { return }
      events.append(Event(job: jobs + dice.spread(1...scenario.messages * 60), kind: kind))
    }
    add(.crash, scenario.crash, &dice)
    add(.stop, scenario.zombie, &dice)
    add(.wake, 500_000, &dice)
    add(.signal, scenario.stopSignal, &dice)
    add(.jump, scenario.jump, &dice)
    add(.jump, scenario.jump / 2, &dice)
    add(.pause, scenario.request, &dice)
    add(.cancel, scenario.request / 10, &dice)
    events.sort { $0.job > $1.job }
  }

  var next: Event? { events.last }

  mutating func removeNext() { events.removeLast() }
}
