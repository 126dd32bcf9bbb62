import Files
import Synchronization
import Testing

@Suite struct StepProgressTests {
  @Test func theInnermostStepIsShown() {
    let ends = Mutex(0)
    let progress = StepProgress(ended: { ends.withLock { $0 += 1 } })
    StepProgress.$current.withValue(progress) {
      #expect(progress.now == nil)
      let outer = StepProgress.begin(.makingLetters, of: 5)
      outer.advance()
      outer.advance(by: 2)
      #expect(progress.now == .init(.makingLetters, done: 3, of: 5))
      let inner = StepProgress.begin(.readingRows)
      #expect(progress.now == .init(.readingRows))
      inner.end()
      #expect(progress.now == .init(.makingLetters, done: 3, of: 5) && ends.withLock { $0 } == 0)
      outer.end()
      outer.end()
      #expect(progress.now == nil && ends.withLock { $0 } == 1)
    }
  }

  @Test func withoutSomebodyWhoShowsItNothingHappens() {
    let step = StepProgress.begin(.freezing)
    step.advance()
    step.end()
    #expect(StepProgress.current == nil)
  }

  @Test func aStepIsCountedFromAnyThread() async {
    let progress = StepProgress()
    await StepProgress.$current.withValue(progress) {
      let step = StepProgress.begin(.freezing)
      await withTaskGroup(of: Void.self) { group in
        for _ in 0..<10 { group.addTask { for _ in 0..<100 { step.advance() } } }
      }
      #expect(progress.now?.done == 1000)
      step.end()
    }
  }
}
