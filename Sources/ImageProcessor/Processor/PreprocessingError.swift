/// Why a decoded image did not become pixel values.
public enum PreprocessingError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The bytes given are not `width * height` RGB triples, or the size is not positive.
  case pixelCountMismatch(width: Int, height: Int, bytes: Int)
  /// The output would have no pixels in one direction.
  case emptyOutput(width: Int, height: Int)
  /// An image that is not resized has to be of whole patches, and is not.
  case partialPatch(width: Int, height: Int, patch: Int)
  /// The output, or the working memory on the way to it, would be larger than `DecodeLimits` allow.
  case tooLarge(what: String, size: Int, allowed: Int)
  /// The images of one batch would give outputs of different sizes.
  case differentOutputSizes(first: [Int], index: Int, other: [Int])
  /// A batch without images.
  case emptyBatch
  /// The memory given to write to has not the right number of elements.
  case outputCountMismatch(expected: Int, given: Int)
  /// The profile's library does not resize with this filter.
  case unsupportedFilter(ResampleFilter, profile: PreprocessingProfile)
  /// An operation on an image was asked for with a number that it has no result for.
  case invalidArgument(name: String, value: String, allowed: String)
  /// The system gave no memory.
  case outOfMemory(bytes: Int)

  /// A short, stable name of the kind of failure, for machines to read; those that `ImageError.kind` has too
  /// mean the same there.
  ///
  /// - `corrupt`: bytes that are not the pixels of the size given with them.
  /// - `empty-output`: an image of such proportions that the configured size leaves nothing of it.
  /// - `partial-patch`: an image that is not resized, of another size than whole patches.
  /// - `invalid-argument`: a number that an operation on images has no result for.
  /// - `limit-exceeded`: more than `DecodeLimits`, or than one batch may have, or more patches than the model takes.
  /// - `out-of-memory`: within the limits, but the system had no memory.
  /// - `model`: what was asked of the processor does not fit its configuration; no single image is to blame.
  public var kind: String {
    switch self {
    case .pixelCountMismatch: "corrupt"
    case .emptyOutput: "empty-output"
    case .partialPatch: "partial-patch"
    case .invalidArgument: "invalid-argument"
    case .tooLarge: "limit-exceeded"
    case .outOfMemory: "out-of-memory"
    case .differentOutputSizes, .emptyBatch, .outputCountMismatch, .unsupportedFilter: "model"
    }
  }

  /// One line for a person: what is wrong, and what to do where there is something.
  public var description: String {
    switch self {
    case .pixelCountMismatch(let width, let height, let bytes):
      "\(bytes) bytes are not the pixels of an RGB image of \(width) x \(height)"
    case .emptyOutput(let width, let height):
      "the image would become one of \(width) x \(height) pixels, which is nothing"
    case .partialPatch(let width, let height, let patch):
      "the image has \(width) x \(height) pixels and is not resized (do_resize is false); both sides must be multiples of "
        + "the patch size, \(patch)"
    case .tooLarge(let what, let size, let allowed):
      "\(what) would take \(size), \(allowed) is allowed"
    case .differentOutputSizes(let first, let index, let other):
      "image 0 of the batch gives pixel values of \(first), image \(index) of \(other): "
        + "one batch has one size"
    case .emptyBatch:
      "a batch needs at least one image"
    case .outputCountMismatch(let expected, let given):
      "\(expected) pixel values do not fit memory for \(given)"
    case .unsupportedFilter(let filter, let profile):
      "the profile \(profile.rawValue) has no filter \(filter)"
    case .invalidArgument(let name, let value, let allowed):
      "\(name) is \(value), and has to be \(allowed)"
    case .outOfMemory(let bytes):
      "no memory for \(bytes) bytes"
    }
  }
}
