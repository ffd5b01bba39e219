internal import CImageKernels
import ImageDecoding

extension RGBImage {
  /// This image at another size, with the bytes of the profile: of Pillow's `image.resize((width, height), filter)`
  /// or of torchvision's `resize(image, [height, width], antialias=True)`.
  ///
  /// - Parameters:
  ///   - width: At least 1.
  ///   - height: At least 1.
  ///   - filter: How to resample. An image that has the size already is returned as it is. torchvision's `nearest`
  ///     is the one that it calls exact.
  ///   - profile: Whose bytes to reproduce.
  ///   - limits: `pixels` bounds the result, `intermediateBytes` the weights and the image between the two
  ///     passes together.
  /// - Throws: `PreprocessingError` for a size without pixels, one beyond what is allowed, or a filter that the
  ///   profile does not have.
  public func resized(
    width: Int, height: Int, filter: ResampleFilter, profile: PreprocessingProfile = .pillow13,
    limits: DecodeLimits = .default
  ) throws(PreprocessingError) -> RGBImage {
    try resized(
      width: width, height: height, from: .topLeft, filter: filter, profile: profile, limits: limits)
  }

  /// As turning this image first, which takes more memory.
  func resized(
    width: Int, height: Int, from orientation: ImageOrientation, filter: ResampleFilter,
    profile: PreprocessingProfile, limits: DecodeLimits
  ) throws(PreprocessingError) -> RGBImage {
    guard profile.has(filter) else { throw .unsupportedFilter(filter, profile: profile) }
    let seen = orientation.swapsAxes ? (self.height, self.width) : (self.width, self.height)
    if (width, height) == seen { return try upright(from: orientation) }
    try Self.checkOutput(width: width, height: height, limits: limits)
    if filter == .nearest {
      return try upright(from: orientation).pickedNearest(
        width: width, height: height, profile: profile, limits: limits)
    }
    let plan = try ResizePlan(
      width: self.width, height: self.height, orientation: orientation, output: (width, height),
      filter: filter,
      profile: profile, limits: limits)
    return try plan(self)
  }

  /// Checks that an image of this size may be made.
  static func checkOutput(
    width: Int, height: Int, limits: DecodeLimits
  ) throws(PreprocessingError) {
    guard width > 0, height > 0 else { throw .emptyOutput(width: width, height: height) }
    let count = DecodeLimits.product(width, height)
    guard DecodeLimits.allows(count, of: limits.pixels), byteCount(width: width, height: height) != nil else {
      throw .tooLarge(what: "the pixels of a resized image", size: count, allowed: limits.pixels)
    }
  }

  static func allocate(width: Int, height: Int) throws(PreprocessingError) -> PixelStorage {
    guard let bytes = byteCount(width: width, height: height) else {
      throw .emptyOutput(width: width, height: height)
    }
    guard let storage = PixelStorage(count: bytes) else { throw .outOfMemory(bytes: bytes) }
    return storage
  }

  private func pickedNearest(
    width: Int, height: Int, profile: PreprocessingProfile, limits: DecodeLimits
  ) throws(PreprocessingError) -> RGBImage {
    var working = WorkingMemory(limits: limits)
    // The largest first: where it is refused, nothing has been filled in vain.
    let output = try Self.allocate(width: width, height: height)
    let columns = try Self.nearestIndices(from: self.width, to: width, profile: profile, &working)
    let rows = try Self.nearestIndices(from: self.height, to: height, profile: profile, &working)
    withExtendedLifetime((columns, rows)) {
      cik_nearest(
        storage.base, Int64(self.width), output.base, Int64(width), Int64(height), columns.base, rows.base)
    }
    return RGBImage(width: width, height: height, storage: output)
  }

  private static func nearestIndices(
    from source: Int, to target: Int, profile: PreprocessingProfile, _ working: inout WorkingMemory
  ) throws(PreprocessingError) -> WorkingArray<Int32> {
    let indices = try WorkingArray<Int32>(target, "the indices of a resized image", &working)
    cik_nearest_indices(Int64(source), Int64(target), profile.arithmetic.number, indices.base)
    return indices
  }
}
