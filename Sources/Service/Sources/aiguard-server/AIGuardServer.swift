import AIGuardDefaultModel
import AIGuardPhotoModel
import AIGuardVision
import ArgumentParser
import Foundation
import Logging
import Metrics
import ModelService
import ResultStore
import ServiceHTTP
import ServiceLifecycle

@main
struct AIGuardServer: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "aiguard-server", abstract: "Tell photographs from generated images, over HTTP.",
    version: AIGuardVisionVersion.current, subcommands: [Serve.self, Keys.self], defaultSubcommand: Serve.self
  )
}

/// Where the database is.
struct StoreOptions: ParsableArguments {
  @Option(
    help:
      "The database: a file, or postgresql://... in a build with the trait PostgreSQL (libpq's variables hold the password)."
  )
  var database = "aiguard.sqlite"

  func open() async throws -> any ResultStore {
    let isServer = database.hasPrefix("postgresql://") || database.hasPrefix("postgres://")
    #if PostgreSQL
      let store: any ResultStore =
        isServer ? PostgreSQLResultStore(database) : try SQLiteResultStore(path: database)
    #else
      guard !isServer else {
        throw ValidationError("This build has no PostgreSQL: build it with --traits PostgreSQL.")
      }
      let store = try SQLiteResultStore(path: database)
    #endif
    try await store.migrate()
    return store
  }
}

struct Serve: AsyncParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Answer requests until SIGTERM or Ctrl-C.")

  @OptionGroup var storeOptions: StoreOptions

  @Option(help: "The address to listen on.")
  var host = "127.0.0.1"

  @Option(help: "The port to listen on.")
  var port = 8080

  @Option(
    name: .customLong("model"),
    help:
      "A model: builtin:photo, builtin:cifake, a folder, or an id on the Hugging Face Hub. May be given several times."
  )
  var modelNames: [String] = []

  @Option(help: "Threads to compute on; by default what this process may use.")
  var threads: Int?

  @Flag(help: "Ask every client for a key (aiguard-server keys add).")
  var requireKeys = false

  @Option(help: "Requests that may wait for a thread; more are refused with 503.")
  var maximumWaiting = 64

  @Option(help: "Seconds after which a request is given up.")
  var deadline = 60.0

  @Option(help: "The largest body in bytes.")
  var maximumBodySize = 32_000_000

  @Option(help: "Days for which results are kept; for ever by default.")
  var retentionDays: Double?

  @Flag(help: "Keep no names of files.")
  var forgetNames = false

  @Option(help: "Requests a minute for each client.")
  var requestsPerMinute: Int?

  @Option(
    name: .customLong("fetch-from"),
    help:
      "A host from which images are fetched that clients point at: its name, .example.com for all below one, or * for all. May be given several times; by default nothing is fetched."
  )
  var fetchFrom: [String] = []

  func validate() throws {
    if !requireKeys, !["127.0.0.1", "::1", "localhost"].contains(host) {
      throw ValidationError("Without --require-keys, only addresses of this machine are listened on.")
    }
    if deadline <= 0 { throw ValidationError("--deadline is more than 0.") }
    if let retentionDays, retentionDays <= 0 { throw ValidationError("--retention-days is more than 0.") }
    if let requestsPerMinute, requestsPerMinute < 1 {
      throw ValidationError("--requests-per-minute is at least 1.")
    }
  }

  func run() async throws {
    let logger = Logger(label: "aiguard-server", factory: StreamLogHandler.standardError(label:))
    let store = try await storeOptions.open()
    var options = ModelService.Options()
    options.maximumWaiting = maximumWaiting
    options.deadline = deadline
    options.retention = retentionDays.map { $0 * 86_400 }
    options.keepsNames = !forgetNames
    let service = ModelService(models: try await models(), store: store, options: options)
    var configuration = ServiceConfiguration()
    configuration.host = host
    configuration.port = port
    configuration.needsKeys = requireKeys
    configuration.maximumBodySize = maximumBodySize
    configuration.requestsPerMinute = requestsPerMinute
    configuration.fetching = fetchFrom.isEmpty ? nil : ImageFetcher.Rule(hosts: fetchFrom)
    let libraryMetrics = LibraryMetrics()
    MetricsSystem.bootstrap(libraryMetrics)
    configuration.libraryMetrics = libraryMetrics
    let server = ServiceApplication(service: service, configuration: configuration, logger: logger) {
      [host] port in
      logger.info("listening", metadata: ["address": "http://\(host):\(port)"])
    }
    let group = ServiceGroup(
      configuration: ServiceGroupConfiguration(
        services: [
          .init(service: Preparation(server: server)),
          .init(service: Retention(store: store, logger: logger)),
          .init(service: server),
        ],
        gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
    try await group.run()
    try await store.close()
  }

  private func models() async throws -> [ServedModel] {
    let budget = threads.map { ComputeBudget(threads: $0) } ?? .shared
    var models: [ServedModel] = []
    for name in modelNames.isEmpty ? ["builtin:photo", "builtin:cifake"] : modelNames {
      let classifier: ImageClassifier =
        switch name {
        case "builtin:photo":
          try .photoModel(policy: .pipeline, budget: budget)
        case "builtin:cifake":
          try .defaultModel(policy: .pipeline, budget: budget)
        case _ where FileManager.default.fileExists(atPath: name):
          try ImageClassifier(folder: name, policy: .pipeline, budget: budget)
        default:
          try await .fromPretrained(name, policy: .pipeline, budget: budget)
        }
      models.append(ServedModel(name: name, classifier: classifier))
    }
    return models
  }
}

/// Loads the models while the server already answers /livez; then waits for the end.
struct Preparation: Service {
  let server: ServiceApplication

  func run() async throws {
    try await server.prepare()
    try await gracefulShutdown()
  }
}

/// Deletes what has expired, every ten minutes.
struct Retention: Service {
  let store: any ResultStore
  let logger: Logger

  func run() async throws {
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        do {
          let count = try await store.deleteExpired(at: Date())
          if count > 0 { logger.info("expired", metadata: ["results": "\(count)"]) }
        } catch {
          logger.error("expired results could not be deleted: \(error)")
        }
        do { try await Task.sleep(for: .seconds(600)) } catch { return }
      }
    }
  }
}
