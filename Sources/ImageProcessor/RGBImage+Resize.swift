internal import CImageKernels

extension RGBImage {
  /// This image at another size, with the bytes of Pillow 13's `image.resize((width, height), filter)`.
  ///
  /// - Parameters:
  ///   - width: At least 1.
  ///   - height: At least 1.
  ///   - filter: How to resample. An image that has the size already is returned as it is.
  ///   - profile: Whose bytes to reproduce.
  ///   - limits: `pixels` bounds the result, `intermediateBytes` the weights and the image between the two
  ///     passes together.
  /// - Throws: `PreprocessingError` for a size without pixels, or one beyond what is allowed.
  public func resized(
    width: Int, height: Int, filter: ResampleFilter, profile: PreprocessingProfile = .pillow13,
    limits: DecodeLimits = .default
  ) throws(PreprocessingError) -> RGBImage {
    if width == self.width, height == self.height { return self }
    try Self.checkOutput(width: width, height: height, limits: limits)
    if filter == .nearest { return try pickedNearest(width: width, height: height, limits: limits) }
    var working = WorkingMemory(limits: limits)
    if width == self.width {
      return try resizedRows(ResizeAxis(from: self.height, to: height, filter: filter, &working))
    }
    let columns = try ResizeAxis(from: self.width, to: width, filter: filter, &working)
    if height == self.height { return try resizedColumns(columns) }
    let rows = try ResizeAxis(from: self.height, to: height, filter: filter, &working)
    let startsWithRows = Self.startsWithRows(from: self, width: width, height: height)
    let between: Int
    if startsWithRows {
      between = self.width * height
    } else {
      between = width * rows.sourceRange.count
    }
    try working.take(between, of: 3, "the image between two resize passes")
    if startsWithRows { return try resizedRows(rows).resizedColumns(columns) }
    return try resizedColumns(columns, rows: rows.sourceRange).resizedRows(rows)
  }

  /// Pillow 13's rule for the order of the passes.
  static func startsWithRows(from image: RGBImage, width: Int, height: Int) -> Bool {
    image.height > height && image.height - height > 2 * (image.width - width)
  }

  /// Checks that an image of this size may be made.
  static func checkOutput(
    width: Int, height: Int, limits: DecodeLimits
  ) throws(PreprocessingError) {
    guard width > 0, height > 0 else { throw .emptyOutput(width: width, height: height) }
    let (count, overflow) = width.multipliedReportingOverflow(by: height)
    guard !overflow, count <= limits.pixels, byteCount(width: width, height: height) != nil else {
      throw .tooLarge(
        what: "the pixels of a resized image", size: overflow ? .max : count, allowed: limits.pixels)
    }
  }

  static func allocate(width: Int, height: Int) throws(PreprocessingError) -> PixelStorage {
    guard let bytes = byteCount(width: width, height: height) else {
      throw .emptyOutput(width: width, height: height)
    }
    guard let storage = PixelStorage(count: bytes) else { throw .outOfMemory(bytes: bytes) }
    return storage
  }

  /// Changes the width. Only `rows` of this image are kept, which the other pass reads by their own index.
  private func resizedColumns(
    _ axis: ResizeAxis, rows: Range<Int>? = nil
  ) throws(PreprocessingError) -> RGBImage {
    let rows = rows ?? 0..<height
    let output = try Self.allocate(width: axis.size, height: rows.count)
    withExtendedLifetime(axis) {
      cik_horizontal(
        storage.base + rows.lowerBound * width * 3, Int64(width), output.base, Int64(axis.size),
        Int64(rows.count), Int64(axis.window), axis.starts.base, axis.counts.base, axis.weights.base)
    }
    return RGBImage(width: axis.size, height: rows.count, storage: output)
  }

  /// Changes the height. This image has either all rows of the source or those that the axis reads.
  private func resizedRows(_ axis: ResizeAxis) throws(PreprocessingError) -> RGBImage {
    let output = try Self.allocate(width: width, height: axis.size)
    let first = height == axis.sourceSize ? 0 : axis.sourceRange.lowerBound
    withExtendedLifetime(axis) {
      cik_vertical(
        storage.base, Int64(width * 3), output.base, Int64(axis.size), Int64(axis.window), Int64(first),
        axis.starts.base, axis.counts.base, axis.weights.base)
    }
    return RGBImage(width: width, height: axis.size, storage: output)
  }

  private func pickedNearest(
    width: Int, height: Int, limits: DecodeLimits
  ) throws(PreprocessingError) -> RGBImage {
    var working = WorkingMemory(limits: limits)
    // The largest first: where it is refused, nothing has been filled in vain.
    let output = try Self.allocate(width: width, height: height)
    let columns = try Self.nearestIndices(from: self.width, to: width, &working)
    let rows = try Self.nearestIndices(from: self.height, to: height, &working)
    withExtendedLifetime((columns, rows)) {
      cik_nearest(
        storage.base, Int64(self.width), output.base, Int64(width), Int64(height), columns.base, rows.base)
    }
    return RGBImage(width: width, height: height, storage: output)
  }

  private static func nearestIndices(
    from source: Int, to target: Int, _ working: inout WorkingMemory
  ) throws(PreprocessingError) -> WorkingArray<Int32> {
    let indices = try WorkingArray<Int32>(target, "the indices of a resized image", &working)
    cik_nearest_indices(Int64(source), Int64(target), indices.base)
    return indices
  }
}

/// The fixed-point weights of one axis.
private struct ResizeAxis {
  let sourceSize: Int
  let size: Int
  let window: Int
  let starts: WorkingArray<Int32>
  let counts: WorkingArray<Int32>
  let weights: WorkingArray<Int32>

  init(
    from source: Int, to size: Int, filter: ResampleFilter, _ working: inout WorkingMemory
  ) throws(PreprocessingError) {
    let filterNumber = Int32(filter.rawValue)
    let window = Int(cik_window(Int64(source), Int64(size), filterNumber))
    let what = "the weights for resizing \(source) to \(size) samples"
    let (entries, overflow) = window.multipliedReportingOverflow(by: size)
    weights = try WorkingArray(overflow ? .max : entries, what, &working)
    starts = try WorkingArray(size, what, &working)
    counts = try WorkingArray(size, what, &working)
    let scratch = try WorkingArray<Double>(window, what, &working)
    self.sourceSize = source
    self.size = size
    self.window = window
    withExtendedLifetime(scratch) {
      cik_weights(
        Int64(source), Int64(size), filterNumber, Int64(window), starts.base, counts.base, weights.base,
        scratch.base)
    }
  }

  /// The source samples that any output sample reads. Both ends move up with the output index.
  var sourceRange: Range<Int> {
    // An axis has at least one sample.
    let first = Int(starts.base[0])
    let end = Int(starts.base[size - 1]) + Int(counts.base[size - 1])
    return first..<Swift.max(first, end)
  }
}
