/// Why an image did not become a file.
public enum ImageEncodingError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The format's package trait was off when this library was built.
  case notBuiltIn(ImageFormat)
  /// A setting outside of what the format has.
  case invalidSetting(format: ImageFormat, name: String, value: String, allowed: String)
  /// More pixels in a row or a column than the format has room for.
  case sideTooLong(format: ImageFormat, width: Int, height: Int, most: Int)
  /// More than is allowed; `limit` is the name of a field of `DecodeLimits`. What the file would have taken is not known
  /// where it is `encodedBytes`: `declared` is one more than is allowed.
  case limitExceeded(limit: String, declared: Int, allowed: Int)
  /// The codec refused, in its own words.
  case codec(format: ImageFormat, detail: String)
  /// The system gave no memory, though the limits allowed it.
  case outOfMemory(bytes: Int)

  /// A short, stable name of the kind of failure, for machines to read.
  public var kind: String {
    switch self {
    case .notBuiltIn: "not-built-in"
    case .invalidSetting: "invalid-argument"
    case .sideTooLong, .limitExceeded: "limit-exceeded"
    case .codec: "codec"
    case .outOfMemory: "out-of-memory"
    }
  }

  /// 400 for a setting that does not exist, 413 for an image too large, 415 for a format that this build does not write,
  /// 500 for a codec that failed, 503 for memory.
  public var httpStatus: Int {
    switch self {
    case .notBuiltIn: 415
    case .invalidSetting: 400
    case .sideTooLong, .limitExceeded: 413
    case .codec: 500
    case .outOfMemory: 503
    }
  }

  /// One line for a person: what is wrong, and what to do where there is something.
  public var description: String {
    switch self {
    case .notBuiltIn(let format):
      "this build does not write \(format.rawValue) images: the package trait for them is off"
    case .invalidSetting(let format, let name, let value, let allowed):
      "\(format.rawValue) has no \(name) \(value); it is \(allowed)"
    case .sideTooLong(let format, let width, let height, let most):
      "\(width) x \(height) pixels do not fit into a file of \(format.rawValue), whose sides have at most \(most)"
    case .limitExceeded(let limit, let declared, let allowed):
      "encoding would take more than the limit \(limit) allows: \(declared), \(allowed) is allowed"
    case .codec(let format, let detail):
      "the image could not be written as \(format.rawValue): \(detail)"
    case .outOfMemory(let bytes):
      "no memory for \(bytes) bytes"
    }
  }
}
