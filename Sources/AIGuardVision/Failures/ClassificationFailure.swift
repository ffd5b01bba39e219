/// Why a call failed, in a form that programs can act on.
///
/// Every error that a call of `ImageClassifier`, `ViTImageProcessor`, `ViTForImageClassification` or `ModelHub` throws,
/// or puts into a `Result`, conforms; the one exception is `CancellationError`, Swift's own, of a cancelled task.
///
/// ```swift
/// do {
///   return try await classifier.classify(imageBytes: body)
/// } catch let failure as any ClassificationFailure {
///   log(failure.kind, "\(failure)")
///   throw Abort(status: failure.httpStatus)
/// }
/// ```
///
/// Kinds of calls that classify:
///
/// | kind | `httpStatus` | |
/// |---|---|---|
/// | `not-an-image` | 400 | empty, or no image by its first bytes |
/// | `truncated`, `corrupt` | 400 | the bytes end before the image does, or contradict its format |
/// | `unsupported-format`, `not-built-in`, `unsupported-variant` | 415 | an image that is not decoded |
/// | `limit-exceeded` | 413 | more than is allowed |
/// | `empty-output` | 400 | so narrow that it would be resized to nothing |
/// | `partial-patch` | 400 | an image that is not to be resized, and is not of whole patches |
/// | `unreadable-file` | 400, 403, 404, 413, 500, 503 | what the system said of the file |
/// | `invalid-argument` | 400 | another argument, such as `topK` |
/// | `no-rollout` | 500 | a map that the model has no attention for |
/// | `invalid-receipt`, `signature`, `signing-key` | 400 | what is wrong with a receipt, its signature or a key |
/// | `out-of-memory`, `busy` | 503 | worth another try |
/// | `model` | 500 | image processor and network do not fit together, or the network failed |
/// | `internal` | 500 | a mistake in this library |
///
/// Calls that load, save or download have others besides. Their kinds are named like the case of the error, as
/// `size-mismatch` or `repository-not-found`.
public protocol ClassificationFailure: Error {
  /// A short, stable name of the kind of failure, in lower case with hyphens.
  var kind: String { get }
  /// The HTTP status that a server would answer with which makes the call for a client: 4xx where what the client gave
  /// is to blame, 502 where the Hub is, 503 where the same call may succeed later, else 500.
  var httpStatus: Int { get }
  /// Whether what was given to the call, the image or another argument, is to blame: the same call fails again
  /// wherever it is made, and calls with other images succeed.
  var isOfInput: Bool { get }
}

extension ClassificationFailure {
  /// Whether the status is one of 400 to 499.
  public var isOfInput: Bool { (400..<500).contains(httpStatus) }
}
