import Foundation
import Hummingbird
import ModelService
import Synchronization

/// A client's own share: a bucket that fills evenly and holds a minute's requests.
final class RateLimit: RouterMiddleware {
  typealias Context = ServiceContext

  private struct Bucket {
    var tokens: Double
    var time: ContinuousClock.Instant
  }

  private let perMinute: Int?
  private let buckets = Mutex<[String: Bucket]>([:])

  init(perMinute: Int?) { self.perMinute = perMinute }

  func handle(
    _ request: Request, context: ServiceContext,
    next: (Request, ServiceContext) async throws -> Response
  ) async throws -> Response {
    if let perMinute, let client = context.client { try take(client.owner, perMinute) }
    return try await next(request, context)
  }

  private func take(_ owner: String, _ perMinute: Int) throws(ServiceFailure) {
    let now = ContinuousClock.now
    let rate = Double(perMinute) / 60
    let missing = buckets.withLock { buckets -> Double in
      var bucket = buckets[owner] ?? Bucket(tokens: Double(perMinute), time: now)
      bucket.tokens = min(Double(perMinute), bucket.tokens + rate * ((now - bucket.time) / .seconds(1)))
      bucket.time = now
      let missing = 1 - bucket.tokens
      if missing <= 0 { bucket.tokens -= 1 }
      buckets[owner] = bucket
      return missing
    }
    if missing > 0 {
      throw .tooManyRequests(retryAfter: Int((missing / rate).rounded(.up)))
    }
  }
}
