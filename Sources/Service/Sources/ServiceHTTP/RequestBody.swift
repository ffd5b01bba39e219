import Foundation
import HTTPTypes
import Hummingbird
import ModelService

/// Reads bodies within bounds of size and time.
struct RequestBody: Sendable {
  /// In bytes.
  var limit: Int
  /// In seconds, for all of it.
  var timeout: Double
  /// For bodies that say where the image is; `nil` where that is not allowed.
  var fetcher: ImageFetcher?

  /// The whole body.
  ///
  /// - Throws: `ServiceFailure.bodyTooLarge` before anything is read where the length is declared, `.slowBody`.
  func bytes(of request: Request) async throws -> [UInt8] {
    if let length = request.headers[.contentLength] {
      guard let length = Int(length), length >= 0 else {
        throw ServiceFailure.invalid("Content-Length is no number")
      }
      guard length <= limit else { throw ServiceFailure.bodyTooLarge(limit: limit) }
    }
    // A client that sends nothing at all is the idle time-out's; one that drips is noticed with its next byte.
    let end = ContinuousClock.now + .seconds(timeout)
    var bytes: [UInt8] = []
    for try await part in request.body {
      guard bytes.count + part.readableBytes <= limit else { throw ServiceFailure.bodyTooLarge(limit: limit) }
      guard ContinuousClock.now < end else { throw ServiceFailure.slowBody(seconds: timeout) }
      bytes.append(contentsOf: part.readableBytesView)
    }
    return bytes
  }
}
