import Platform

/// An error as a field of what is encoded: `kind` and `message`.
struct EncodedFailure: Encodable {
  let kind: String
  let message: String

  init(_ error: any Error) {
    kind = (error as? any ClassificationFailure)?.kind ?? "internal"
    message = "\(error)".showingPathBytes
  }
}
