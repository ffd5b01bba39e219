import ImageDecoding
import Platform

/// What one resize has left of `DecodeLimits.intermediateBytes`.
struct WorkingMemory {
  private let allowed: Int
  private var used = 0

  init(limits: DecodeLimits) { allowed = limits.intermediateBytes }

  /// Sets `count * size` bytes aside for `what`, which errors name.
  mutating func take(_ count: Int, of size: Int, _ what: String) throws(PreprocessingError) {
    let total = DecodeLimits.sum(used, DecodeLimits.product(count, size))
    guard DecodeLimits.allows(total, of: allowed) else {
      throw .tooLarge(
        what: "the working memory in bytes, \(what) included,", size: total, allowed: allowed)
    }
    used = total
  }
}
