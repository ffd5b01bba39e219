import ModelService

/// What a server may be told.
package struct ServiceConfiguration: Sendable {
  package var host = "127.0.0.1"
  /// 0 for any that is free.
  package var port = 8080
  /// Whether clients need keys.
  package var needsKeys = false
  /// In bytes.
  package var maximumBodySize = 32_000_000
  /// In seconds, for a whole body.
  package var bodyTimeout = 30.0
  /// In seconds without a byte, after which a connection is closed.
  package var idleTimeout = 30
  package var maximumConnections = 1024
  /// Requests a minute for each client; `nil` for any number.
  package var requestsPerMinute: Int?
  /// From where images are fetched that clients point at; `nil` for nowhere.
  package var fetching: ImageFetcher.Rule?
  /// What libraries count, for `/metrics`.
  package var libraryMetrics: LibraryMetrics?

  package init() {}
}
