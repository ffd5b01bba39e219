import AIGuardVision

/// Why a request is not answered, where it is not the image's or the model's fault.
package enum ServiceFailure: ClassificationFailure, Sendable, Equatable, CustomStringConvertible {
  /// As many requests wait already as may. `retryAfter` is in seconds.
  case busy(waiting: Int, retryAfter: Int)
  /// This client asks for more than its share. `retryAfter` is in seconds.
  case tooManyRequests(retryAfter: Int)
  /// The answer was not there in time.
  case deadline(seconds: Double)
  /// The body did not come in time.
  case slowBody(seconds: Double)
  case bodyTooLarge(limit: Int)
  case noModel(String)
  case noResult
  /// Neither a key, nor a valid one.
  case unauthorized
  /// The key may not do that.
  case forbidden(needs: String)
  /// The request names a host that an open service does not answer for.
  case misdirected
  /// A parameter, a header or a body that cannot be what is meant.
  case invalid(String)
  /// A URL that this service does not fetch.
  case urlRefused(String)
  /// A URL that had no image for this service.
  case notFetched(String)
  /// The service is about to end, or has not begun.
  case notReady(String)

  package var kind: String {
    switch self {
    case .busy: "busy"
    case .tooManyRequests: "too-many-requests"
    case .deadline: "deadline"
    case .slowBody: "slow-body"
    case .bodyTooLarge: "limit-exceeded"
    case .noModel: "no-such-model"
    case .noResult: "no-such-result"
    case .unauthorized: "unauthorized"
    case .forbidden: "forbidden"
    case .misdirected: "misdirected"
    case .invalid: "invalid-request"
    case .urlRefused: "url-refused"
    case .notFetched: "not-fetched"
    case .notReady: "not-ready"
    }
  }

  package var httpStatus: Int {
    switch self {
    case .busy, .notReady: 503
    case .tooManyRequests: 429
    case .deadline: 504
    case .slowBody: 408
    case .bodyTooLarge: 413
    case .noModel, .noResult: 404
    case .unauthorized: 401
    case .forbidden, .urlRefused: 403
    case .misdirected: 421
    case .invalid: 400
    case .notFetched: 502
    }
  }

  /// After how many seconds it is worth trying again, where that is known.
  package var retryAfter: Int? {
    switch self {
    case .busy(_, let seconds), .tooManyRequests(let seconds): seconds
    case .notReady: 1
    default: nil
    }
  }

  package var description: String {
    switch self {
    case .busy(let waiting, let seconds):
      "\(waiting) requests wait already, which is as many as may; try again in \(seconds) s"
    case .tooManyRequests(let seconds): "too many requests; try again in \(seconds) s"
    case .deadline(let seconds): "no answer within \(seconds) s"
    case .slowBody(let seconds): "the body did not come within \(seconds) s"
    case .bodyTooLarge(let limit): "the body is larger than the \(limit) bytes that are allowed"
    case .noModel(let name): "no model \"\(name)\" is served; /v1/models lists those that are"
    case .noResult: "there is no such result"
    case .unauthorized: "a valid key is needed: Authorization: Bearer KEY"
    case .forbidden(let scope): "this key may not do that; it lacks the scope \"\(scope)\""
    case .misdirected: "without keys, only requests to localhost, 127.0.0.1 and [::1] are answered"
    case .invalid(let what): what
    case .urlRefused(let why): "the URL is not fetched: \(why)"
    case .notFetched(let why): "the URL could not be fetched: \(why)"
    case .notReady(let why): why
    }
  }
}
