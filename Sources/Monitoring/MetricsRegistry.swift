public import CoreMetrics
import Synchronization

/// The counters and histograms of one delivery, behind the interface of swift-metrics.
///
/// Goes on where an earlier process has stopped, so that no figure ever falls. Counters and timers are kept; everything else
/// that swift-metrics offers is not used here and is discarded. May be used from several threads.
public final class MetricsRegistry: MetricsFactory {
  private struct Held {
    var counters: [MetricsSnapshot.Series: HeldCounter] = [:]
    var histograms: [MetricsSnapshot.Series: HeldHistogram] = [:]
  }

  private let held = Mutex(Held())

  /// - Parameter earlier: What was counted before; nil at the beginning.
  public init(after earlier: MetricsSnapshot? = nil) {
    held.withLock { held in
      for counter in earlier?.counters ?? [] { held.counters[counter.series] = HeldCounter(counter.count) }
      for histogram in earlier?.histograms ?? [] {
        held.histograms[histogram.series] = HeldHistogram(histogram.figures)
      }
    }
  }

  /// Everything as it is now, in the order of names and labels.
  public var snapshot: MetricsSnapshot {
    let (counters, histograms) = held.withLock { ($0.counters, $0.histograms) }
    return MetricsSnapshot(
      counters: counters.sorted { $0.key < $1.key }.map { .init(series: $0.key, count: $0.value.count) },
      histograms: histograms.sorted { $0.key < $1.key }.map { .init(series: $0.key, figures: $0.value.figures) })
  }

  public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
    let series = MetricsSnapshot.Series(label, dimensions)
    return held.withLock { held in
      if let counter = held.counters[series] { return counter }
      let counter = HeldCounter(0)
      held.counters[series] = counter
      return counter
    }
  }

  public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
    let series = MetricsSnapshot.Series(label, dimensions)
    return held.withLock { held in
      if let histogram = held.histograms[series] { return histogram }
      let histogram = HeldHistogram(HistogramFigures())
      held.histograms[series] = histogram
      return histogram
    }
  }

  public func makeRecorder(
    label: String, dimensions: [(String, String)], aggregate: Bool
  ) -> any RecorderHandler { NOOPMetricsHandler.instance }

  /// A series never ends within a process.
  public func destroyCounter(_ handler: any CounterHandler) {}
  public func destroyRecorder(_ handler: any RecorderHandler) {}
  public func destroyTimer(_ handler: any TimerHandler) {}
}

private final class HeldCounter: CounterHandler {
  private let value: Atomic<Int>

  init(_ count: Int) { value = Atomic(count) }

  var count: Int { value.load(ordering: .relaxed) }
  func increment(by amount: Int64) { value.wrappingAdd(Int(max(0, amount)), ordering: .relaxed) }
  /// What has been counted stays counted.
  func reset() {}
}

private final class HeldHistogram: TimerHandler {
  private let state: Mutex<HistogramFigures>

  init(_ figures: HistogramFigures) { state = Mutex(figures) }

  var figures: HistogramFigures { state.withLock { $0 } }
  func recordNanoseconds(_ duration: Int64) { state.withLock { $0.add(Double(max(0, duration)) / 1e9) } }
}
