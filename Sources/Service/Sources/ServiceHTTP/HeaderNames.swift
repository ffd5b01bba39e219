import HTTPTypes

extension HTTPField.Name {
  static let crossOriginResourcePolicy = named("Cross-Origin-Resource-Policy")
  /// Of the Open Inference Protocol: how long the JSON before binary tensors is.
  static let inferenceHeaderLength = named("Inference-Header-Content-Length")
  static let referrerPolicy = named("Referrer-Policy")
  static let requestID = named("X-Request-Id")

  private static func named(_ text: String) -> HTTPField.Name {
    guard let name = HTTPField.Name(text) else { preconditionFailure("\(text) is no name of a header") }
    return name
  }
}
