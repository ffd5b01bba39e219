import CoreMetrics
import Foundation
import Synchronization

/// What libraries count through swift-metrics, for the same page as the service's own.
///
/// Counters are counters, meters and plain recorders gauges, timers (in seconds) and aggregating recorders summaries of sum and
/// count. What two handlers of one name and dimensions count is one series.
package final class LibraryMetrics: MetricsFactory {
  private enum Kind: String {
    case counter, gauge, summary
  }

  private struct Series {
    var value = 0.0
    var count = 0
  }

  private struct Metric {
    let kind: Kind
    var series: [String: Series] = [:]
  }

  private let metrics = Mutex<[String: Metric]>([:])

  package init() {}

  // MARK: MetricsFactory

  package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
    Handler(self, label, dimensions, .counter)
  }

  package func makeRecorder(
    label: String, dimensions: [(String, String)], aggregate: Bool
  ) -> any RecorderHandler {
    Handler(self, label, dimensions, aggregate ? .summary : .gauge)
  }

  package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
    Handler(self, label, dimensions, .gauge)
  }

  package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
    Handler(self, label + "_seconds", dimensions, .summary)
  }

  package func destroyCounter(_ handler: any CounterHandler) { forget(handler) }
  package func destroyRecorder(_ handler: any RecorderHandler) { forget(handler) }
  package func destroyMeter(_ handler: any MeterHandler) { forget(handler) }
  package func destroyTimer(_ handler: any TimerHandler) { forget(handler) }

  private func forget(_ handler: Any) {
    guard let handler = handler as? Handler else { return }
    metrics.withLock { $0[handler.name]?.series[handler.labels] = nil }
  }

  // MARK: Text

  /// In Prometheus' text format, in the order of the names.
  package var text: String {
    var text = ""
    for (name, metric) in metrics.withLock({ $0 }).sorted(by: { $0.key < $1.key })
    where !metric.series.isEmpty {
      text += "# TYPE \(name) \(metric.kind.rawValue)\n"
      for (labels, series) in metric.series.sorted(by: { $0.key < $1.key }) {
        if metric.kind == .summary {
          text += "\(name)_sum\(labels) \(series.value)\n\(name)_count\(labels) \(series.count)\n"
        } else {
          text += "\(name)\(labels) \(series.value)\n"
        }
      }
    }
    return text
  }

  // MARK: Handlers

  /// One series.
  private final class Handler: CounterHandler, RecorderHandler, MeterHandler, TimerHandler {
    let name: String
    /// As the text has them, with braces, or nothing.
    let labels: String
    private let kind: Kind
    private let owner: LibraryMetrics

    init(_ owner: LibraryMetrics, _ label: String, _ dimensions: [(String, String)], _ kind: Kind) {
      self.owner = owner
      self.kind = kind
      name = Self.identifier(label) + (kind == .counter && !label.hasSuffix("_total") ? "_total" : "")
      let pairs = dimensions.map { "\(Self.identifier($0.0))=\"\(ServiceMetrics.escaped($0.1))\"" }
      labels = pairs.isEmpty ? "" : "{\(pairs.sorted().joined(separator: ","))}"
    }

    /// Letters, digits and underscores, not a digit first: what the format has for names.
    private static func identifier(_ text: String) -> String {
      let letters = String(text.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
      return letters.first?.isNumber == false ? letters : "_" + letters
    }

    private func change(_ change: (inout Series) -> Void) {
      owner.metrics.withLock { metrics in
        // Who gives one name to two kinds of things gets the first kind's.
        change(&metrics[name, default: Metric(kind: kind)].series[labels, default: Series()])
      }
    }

    private func add(_ value: Double) {
      change {
        $0.value += value
        $0.count += 1
      }
    }

    func increment(by amount: Int64) { add(Double(amount)) }
    func reset() { change { $0 = Series() } }
    func recordNanoseconds(_ duration: Int64) { add(Double(duration) / 1e9) }
    func record(_ value: Int64) { record(Double(value)) }
    func record(_ value: Double) { kind == .summary ? add(value) : change { $0.value = value } }
    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { change { $0.value = value } }
    func increment(by amount: Double) { change { $0.value += amount } }
    func decrement(by amount: Double) { change { $0.value -= amount } }
  }
}
