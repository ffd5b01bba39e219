import Metrics
import ModelService
import Testing

@Suite struct LibraryMetricsTests {
  @Test func whatLibrariesCountIsShown() {
    let metrics = LibraryMetrics()
    #expect(metrics.text == "")
    Counter(label: "http.requests", dimensions: [("b", "x\"\n"), ("a", "1")], factory: metrics).increment(
      by: 3)
    Counter(label: "http.requests", dimensions: [("a", "1"), ("b", "x\"\n")], factory: metrics).increment()
    Counter(label: "http.requests", factory: metrics).increment()
    Gauge(label: "1st", factory: metrics).record(2.5)
    let meter = Meter(label: "meter", factory: metrics)
    meter.set(5)
    meter.decrement(by: 2)
    let timer = Timer(label: "work", factory: metrics)
    timer.recordMilliseconds(250)
    timer.recordNanoseconds(750_000_000)
    let gone = Recorder(label: "gone", factory: metrics)
    gone.record(1)
    gone.destroy()
    #expect(
      metrics.text == """
        # TYPE _1st gauge
        _1st 2.5
        # TYPE http_requests_total counter
        http_requests_total 1.0
        http_requests_total{a="1",b="x\\"\\n"} 4.0
        # TYPE meter gauge
        meter 3.0
        # TYPE work_seconds summary
        work_seconds_sum 1.0
        work_seconds_count 2

        """)
  }
}
