import Hummingbird
import HummingbirdCore
import Logging
import ModelService
import NIOCore
import ServiceLifecycle

/// The server as a whole: all faces over one `ModelService`.
package struct ServiceApplication: Service {
  private let application: Application<RouterResponder<ServiceContext>>
  private let threads: ServiceThreads
  private let readiness: Readiness

  /// - Parameter onRunning: Is told the port.
  package init(
    service: ModelService, configuration: ServiceConfiguration, logger: Logger,
    onRunning: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
  ) {
    let readiness = Readiness(service)
    self.readiness = readiness
    threads = service.threads
    let router = Self.router(service, configuration, readiness)
    let limit = configuration.maximumBodySize
    application = Application(
      router: router,
      server: .http1(
        configuration: .init(
          additionalChannelHandlers: [CloseWhenSaid(), ExpectContinue(limit: limit)],
          idleTimeout: .seconds(Int64(configuration.idleTimeout)),
          httpDecoderConfiguration: .init(
            maxHeaderFieldSize: 16_384, maxHeaderListSize: 65_536, maxHeaderFieldCount: 100))),
      configuration: ApplicationConfiguration(
        address: .hostname(configuration.host, port: configuration.port),
        availableConnectionsDelegate: MaximumAvailableConnections(configuration.maximumConnections)),
      onServerRunning: { channel in await onRunning(channel.localAddress?.port ?? 0) }, logger: logger)
  }

  /// Runs until it is asked to end: then no connection is taken any more, and requests that were accepted are answered.
  package func run() async throws {
    try await withTaskExecutorPreference(threads) { try await application.run() }
  }

  /// Loads what answers need; until then `/readyz` says 503.
  package func prepare() async throws { try await readiness.prepare() }

  private static func router(
    _ service: ModelService, _ configuration: ServiceConfiguration, _ readiness: Readiness
  ) -> Router<ServiceContext> {
    let router = Router(context: ServiceContext.self, options: .autoGenerateHeadEndpoints)
    router.add(middleware: Reporting(metrics: service.metrics))
    HealthRoutes(service: service, readiness: readiness, libraries: configuration.libraryMetrics).add(
      to: router)
    PageRoutes(needsKeys: configuration.needsKeys).add(to: router)
    let limit = configuration.maximumBodySize
    let body = RequestBody(
      limit: limit, timeout: configuration.bodyTimeout,
      fetcher: configuration.fetching.map { ImageFetcher(rule: $0, limit: limit) })
    let api = router.group()
      .add(middleware: Authentication(store: service.store, needsKeys: configuration.needsKeys))
      .add(middleware: RateLimit(perMinute: configuration.requestsPerMinute))
    ImageRoutes(service: service, body: body).add(to: api.group("v1"))
    InferenceProtocolRoutes(service: service, body: body, readiness: readiness).add(to: api.group("v2"))
    HuggingFaceRoutes(service: service, body: body).add(to: api)
    OriginalRoutes(service: service, body: body).add(to: api)
    return router
  }
}
