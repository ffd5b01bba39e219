import HTTPTypes
import Hummingbird
import ModelService

/// `/livez`, `/readyz` and `/metrics`.
struct HealthRoutes: Sendable {
  let service: ModelService
  let readiness: Readiness
  let libraries: LibraryMetrics?

  func add(to router: Router<ServiceContext>) {
    router.get("livez") { _, _ in Self.text("ok\n") }
    router.get("readyz") { _, _ in
      try await readiness.check()
      return Self.text("ready\n")
    }
    router.get("metrics") { _, _ in
      let load = await service.load
      let text = service.metrics.text(gauges: [
        ("aiguard_running", "Images that are being computed.", load.running),
        ("aiguard_waiting", "Requests that wait for a thread.", load.waiting),
      ])
      return Response.bytes(
        (text + (libraries?.text ?? "")).utf8, type: "text/plain; version=0.0.4; charset=utf-8")
    }
  }

  private static func text(_ text: String) -> Response {
    Response.bytes(text.utf8, type: "text/plain; charset=utf-8")
  }
}
