import HTTPTypes
import ModelService

/// Whether the service can answer: every model has computed once, and the database answers now.
actor Readiness {
  private let service: ModelService
  private var isPrepared = false

  init(_ service: ModelService) { self.service = service }

  /// Runs the models.
  func prepare() async throws {
    try await service.prepare()
    isPrepared = true
  }

  /// - Throws: `ServiceFailure.notReady`, and what the store throws.
  func check() async throws {
    guard isPrepared else { throw ServiceFailure.notReady("the models are being loaded") }
    try await service.store.check()
  }

  /// The answer of a route that says it by its status alone.
  func status() async -> HTTPResponse.Status {
    do {
      try await check()
      return .ok
    } catch {
      return .serviceUnavailable
    }
  }
}
