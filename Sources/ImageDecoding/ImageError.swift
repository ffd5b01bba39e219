/// Why bytes did not become an image.
public enum ImageError: Error, Sendable, Equatable, CustomStringConvertible {
  /// There are no bytes at all.
  case empty
  /// The bytes begin like no image format that is known here.
  case notAnImage
  /// A known format that this library does not decode.
  case unsupportedFormat(ImageFormat)
  /// A format that this library decodes, but whose package trait was off when it was built.
  case notBuiltIn(ImageFormat)
  /// A variant of a supported format that the reference refuses, or the system's codec does not do.
  case unsupportedVariant(format: ImageFormat, detail: String)
  /// The bytes end before the image does.
  case truncated(format: ImageFormat, detail: String)
  /// The bytes contradict the format; `detail` has the codec's own words where it had any.
  case corrupt(format: ImageFormat, detail: String)
  /// The image declares more than is allowed.
  ///
  /// `limit` is the name of a field of `DecodeLimits`, or `PNG text`. That is no field, because no limit of the
  /// caller's moves it: Pillow itself refuses a PNG in which one text or profile inflates to more than 1 MiB,
  /// or all texts together to more than 64 MiB. Beyond that, 128 MiB are inflated in one file, kept or not.
  case limitExceeded(limit: String, declared: Int, allowed: Int)
  /// The system gave no memory for the image, though the limits allowed it.
  case outOfMemory(bytes: Int)

  /// A short, stable name of the kind of failure, for machines to read.
  public var kind: String {
    switch self {
    case .empty, .notAnImage: "not-an-image"
    case .unsupportedFormat: "unsupported-format"
    case .notBuiltIn: "not-built-in"
    case .unsupportedVariant: "unsupported-variant"
    case .truncated: "truncated"
    case .corrupt: "corrupt"
    case .limitExceeded: "limit-exceeded"
    case .outOfMemory: "out-of-memory"
    }
  }

  /// The HTTP status that a server would answer with: 400 where the caller's bytes are bad, 413 where they ask for too
  /// much, 415 where they are of a kind that is not decoded, 503 where this machine is to blame.
  public var httpStatus: Int {
    switch self {
    case .empty, .notAnImage, .truncated, .corrupt: 400
    case .limitExceeded: 413
    case .unsupportedFormat, .notBuiltIn, .unsupportedVariant: 415
    case .outOfMemory: 503
    }
  }

  /// One line for a person: what is wrong, and what to do where there is something.
  public var description: String {
    switch self {
    case .empty:
      "the file is empty"
    case .notAnImage:
      "not an image: the first bytes belong to no known image format"
    case .unsupportedFormat(let format):
      "\(format.rawValue) images are not supported; convert the image to JPEG, PNG or WebP"
    case .notBuiltIn(let format):
      "this build does not decode \(format.rawValue) images: the package trait for them is off"
    case .unsupportedVariant(let format, let detail):
      "this variant of \(format.rawValue) is not supported: \(detail)"
    case .truncated(let format, let detail):
      "the \(format.rawValue) file is cut short: \(detail)"
    case .corrupt(let format, let detail):
      "the \(format.rawValue) file is damaged: \(detail)"
    case .limitExceeded(let limit, let declared, let allowed):
      "the image exceeds the limit \(limit): \(declared) declared, \(allowed) allowed"
    case .outOfMemory(let bytes):
      "no memory for \(bytes) bytes of image"
    }
  }
}
