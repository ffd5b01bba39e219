import AIGuardVision
import Foundation
import HTTPTypes
import Hummingbird
import ModelService
import ResultStore

/// A failure as RFC 9457 has it. `error` is for the clients of other protocols, which read it whatever the status.
struct Problem: Encodable, Sendable {
  let type = "about:blank"
  let title: String
  let status: Int
  let detail: String
  let kind: String
  let error: String
  /// In seconds, for the header.
  let retryAfter: Int?
  /// Whether the rest of the request is not worth reading.
  let closes: Bool

  /// The statuses' own names.
  private static let titles = [
    400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
    408: "Request Timeout", 409: "Conflict", 413: "Content Too Large", 415: "Unsupported Media Type",
    421: "Misdirected Request", 429: "Too Many Requests", 500: "Internal Server Error",
    502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout",
  ]

  private enum CodingKeys: String, CodingKey { case type, title, status, detail, kind, error }

  init(_ failure: any Error) {
    var status = 500
    var kind = "internal"
    // What a stranger need not know is in the log only.
    var detail = "an error inside the service"
    var retryAfter: Int?
    switch failure {
    case let failure as any ClassificationFailure:
      status = failure.httpStatus
      kind = failure.kind
      if status != 500 { detail = "\(failure)" }
      retryAfter = (failure as? ServiceFailure)?.retryAfter ?? (status == 503 ? 1 : nil)
    case let failure as HTTPError:
      status = failure.status.code
      kind =
        switch status {
        case 404: "not-found"
        case 405: "method-not-allowed"
        case 413: "limit-exceeded"
        default: "invalid-request"
        }
      detail = failure.body ?? Self.titles[status] ?? failure.status.reasonPhrase
    case is CancellationError:
      status = 503
      kind = "cancelled"
      detail = "the request was given up"
      retryAfter = 1
    case ResultStoreError.unavailable:
      status = 503
      kind = "store"
      detail = "the database does not answer"
      retryAfter = 1
    case ResultStoreError.claimed:
      status = 409
      kind = "conflict"
      detail = "\(failure)"
    default: break
    }
    self.status = status
    self.kind = kind
    self.detail = detail
    self.retryAfter = retryAfter
    title = Self.titles[status] ?? "Error"
    error = "\(kind): \(detail)"
    closes = status == 413 || status == 408
  }

  func response() throws -> Response {
    var response = try Response.json(self, status: .init(code: status))
    response.headers[.contentType] = "application/problem+json"
    if let retryAfter { response.headers[.retryAfter] = "\(retryAfter)" }
    if status == 401 { response.headers[.wwwAuthenticate] = "Bearer" }
    if closes { response.headers[.connection] = "close" }
    return response
  }
}
