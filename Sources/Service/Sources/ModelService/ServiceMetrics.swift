import Foundation
import Synchronization

/// What the service counts, in the text format of Prometheus (version 0.0.4).
package final class ServiceMetrics: Sendable {
  /// The parts of a request whose time is measured.
  package enum Stage: String, Sendable, CaseIterable {
    /// Waiting for a place.
    case queue
    /// Decoding, the network, evidence.
    case inference
    /// The database.
    case store
    /// All of it, as the client sees it.
    case request
  }

  /// Upper ends of the bins, in seconds.
  static let bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

  private struct Histogram {
    var counts = [Int](repeating: 0, count: ServiceMetrics.bounds.count + 1)
    var sum = 0.0
  }

  private struct Values {
    var counters: [String: [String: Int]] = [:]
    var stages: [Stage: Histogram] = [:]
  }

  private let values = Mutex(Values())

  package init() {}

  /// Counts something; `label` is what distinguishes it within the counter, as `verdict="real"`.
  package func count(_ counter: Counter, _ label: String) {
    values.withLock { $0.counters[counter.rawValue, default: [:]][label, default: 0] += 1 }
  }

  /// Records how long a stage took.
  package func record(_ stage: Stage, _ duration: Duration) {
    let seconds = duration / .seconds(1)
    let bin = Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count
    values.withLock {
      $0.stages[stage, default: Histogram()].counts[bin] += 1
      $0.stages[stage, default: Histogram()].sum += seconds
    }
  }

  package enum Counter: String, Sendable, CaseIterable {
    case requests, verdicts, errors, answers

    var name: String { "aiguard_\(rawValue)_total" }

    var help: String {
      switch self {
      case .requests: "Requests, by route and status."
      case .verdicts: "Verdicts that were given, by verdict."
      case .errors: "Requests that failed, by kind of error."
      case .answers: "Answers, by where they came from: computed, stored, or shared with an equal request."
      }
    }
  }

  /// A line `name{label="value"} number` for everything.
  ///
  /// - Parameter gauges: Values of the moment: name, help, value.
  package func text(gauges: [(name: String, help: String, value: Int)] = []) -> String {
    let values = values.withLock { $0 }
    var lines: [String] = []
    func header(_ name: String, _ help: String, _ type: String) {
      lines += ["# HELP \(name) \(help)", "# TYPE \(name) \(type)"]
    }
    for counter in Counter.allCases {
      header(counter.name, counter.help, "counter")
      for (label, value) in (values.counters[counter.rawValue] ?? [:]).sorted(by: { $0.key < $1.key }) {
        lines.append("\(counter.name){\(label)} \(value)")
      }
    }
    let name = "aiguard_duration_seconds"
    header(name, "How long stages of a request took.", "histogram")
    for stage in Stage.allCases {
      let histogram = values.stages[stage] ?? Histogram()
      var total = 0
      for (bound, count) in zip(Self.bounds.map { "\($0)" } + ["+Inf"], histogram.counts) {
        total += count
        lines.append("\(name)_bucket{stage=\"\(stage.rawValue)\",le=\"\(bound)\"} \(total)")
      }
      lines.append("\(name)_sum{stage=\"\(stage.rawValue)\"} \(histogram.sum)")
      lines.append("\(name)_count{stage=\"\(stage.rawValue)\"} \(total)")
    }
    for gauge in gauges {
      header(gauge.name, gauge.help, "gauge")
      lines.append("\(gauge.name) \(gauge.value)")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// A label's value as the format wants it.
  package static func escaped(_ value: String) -> String {
    value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
  }
}
