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

  /// - Throws: `ServiceFailure.notReady`, `.store`.
  func check() async throws {
    guard isPrepared else { throw ServiceFailure.notReady("the models are being loaded") }
    do {
      try await service.store.check()
    } catch {
      throw ServiceFailure.store
    }
  }

  var isReady: Bool {
    get async {
      do {
        try await check()
        return true
      } catch {
        return false
      }
    }
  }
}
