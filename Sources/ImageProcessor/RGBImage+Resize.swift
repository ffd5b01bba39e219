internal import CImageKernels

extension RGBImage {
  /// The most pixels that a resized image may have: as many as `DecodeLimits` allows by default.
  static let maximumOutputPixels = DecodeLimits.default.pixels
  /// The most bytes that the weights and the image between the two passes may take together.
  static let maximumResizeBytes = DecodeLimits.default.intermediateBytes

  /// This image at another size, with the bytes of Pillow 13's `image.resize((width, height), filter)`.
  ///
  /// - Parameters:
  ///   - width: At least 1.
  ///   - height: At least 1.
  ///   - filter: How to resample. An image that has the size already is returned as it is.
  ///   - profile: Whose bytes to reproduce.
  /// - Throws: `PreprocessingError` for a size without pixels, or one beyond what is allowed.
  public func resized(
    width: Int, height: Int, filter: ResampleFilter, profile: PreprocessingProfile = .pillow13
  ) throws(PreprocessingError) -> RGBImage {
    if width == self.width, height == self.height { return self }
    _ = try Self.checkedOutput(width: width, height: height)
    if filter == .nearest { return try pickedNearest(width: width, height: height) }
    let columns = try ResizeAxis(from: self.width, to: width, filter: filter)
    let rows = try ResizeAxis(from: self.height, to: height, filter: filter)
    if width == self.width { return try resizedRows(rows) }
    if height == self.height { return try resizedColumns(columns) }
    let between: Int
    if Self.startsWithRows(from: self, width: width, height: height) {
      between = self.width * height
    } else {
      between = width * rows.sourceRange.count
    }
    let needed = between.multipliedReportingOverflow(by: 3)
    guard !needed.overflow, needed.partialValue <= Self.maximumResizeBytes else {
      throw .tooLarge(
        what: "the image between two resize passes", size: needed.overflow ? .max : needed.partialValue,
        allowed: Self.maximumResizeBytes)
    }
    if Self.startsWithRows(from: self, width: width, height: height) {
      return try resizedRows(rows).resizedColumns(columns)
    }
    return try resizedColumns(columns, rows: rows.sourceRange).resizedRows(rows)
  }

  /// Pillow 13's rule for the order of the passes.
  static func startsWithRows(from image: RGBImage, width: Int, height: Int) -> Bool {
    image.height > height && image.height - height > 2 * (image.width - width)
  }

  /// The bytes of an image of this size, if it is one that may be made.
  static func checkedOutput(width: Int, height: Int) throws(PreprocessingError) -> Int {
    guard width > 0, height > 0 else { throw .emptyOutput(width: width, height: height) }
    let (count, overflow) = width.multipliedReportingOverflow(by: height)
    guard !overflow, count <= maximumOutputPixels, let bytes = byteCount(width: width, height: height)
    else {
      throw .tooLarge(
        what: "the pixels of a resized image", size: overflow ? .max : count, allowed: maximumOutputPixels)
    }
    return bytes
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
    cik_horizontal(
      storage.base + rows.lowerBound * width * 3, Int64(width), output.base, Int64(axis.size),
      Int64(rows.count), Int64(axis.window), axis.starts, axis.counts, axis.weights)
    return RGBImage(width: axis.size, height: rows.count, storage: output)
  }

  /// Changes the height. This image has either all rows of the source or those that the axis reads.
  private func resizedRows(_ axis: ResizeAxis) throws(PreprocessingError) -> RGBImage {
    let output = try Self.allocate(width: width, height: axis.size)
    let first = height == axis.sourceSize ? 0 : axis.sourceRange.lowerBound
    cik_vertical(
      storage.base, Int64(width * 3), output.base, Int64(axis.size), Int64(axis.window), Int64(first),
      axis.starts, axis.counts, axis.weights)
    return RGBImage(width: width, height: axis.size, storage: output)
  }

  private func pickedNearest(width: Int, height: Int) throws(PreprocessingError) -> RGBImage {
    let output = try Self.allocate(width: width, height: height)
    let columns = Self.nearestIndices(from: self.width, to: width)
    let rows = Self.nearestIndices(from: self.height, to: height)
    cik_nearest(
      storage.base, Int64(self.width), output.base, Int64(width), Int64(height), columns, rows)
    return RGBImage(width: width, height: height, storage: output)
  }

  private static func nearestIndices(from source: Int, to target: Int) -> [Int32] {
    [Int32](unsafeUninitializedCapacity: target) { buffer, count in
      cik_nearest_indices(Int64(source), Int64(target), buffer.baseAddress)
      count = target
    }
  }
}

/// The fixed-point weights of one axis.
private struct ResizeAxis {
  let sourceSize: Int
  let size: Int
  let window: Int
  private(set) var starts: [Int32]
  private(set) var counts: [Int32]
  private(set) var weights: [Int32]

  init(from source: Int, to size: Int, filter: ResampleFilter) throws(PreprocessingError) {
    let filterNumber = Int32(filter.rawValue)
    let window = Int(cik_window(Int64(source), Int64(size), filterNumber))
    let (entries, overflow) = window.multipliedReportingOverflow(by: size)
    let allowed = RGBImage.maximumResizeBytes / 16
    guard !overflow, entries <= allowed else {
      throw .tooLarge(
        what: "the weights for resizing \(source) to \(size) samples", size: overflow ? .max : entries,
        allowed: allowed)
    }
    self.sourceSize = source
    self.size = size
    self.window = window
    starts = [Int32](repeating: 0, count: size)
    counts = [Int32](repeating: 0, count: size)
    weights = [Int32](repeating: 0, count: entries)
    var scratch = [Double](repeating: 0, count: window)
    cik_weights(
      Int64(source), Int64(size), filterNumber, Int64(window), &starts, &counts, &weights, &scratch)
  }

  /// The source samples that any output sample reads. Both ends move up with the output index.
  var sourceRange: Range<Int> {
    guard let first = starts.first, let last = starts.last, let count = counts.last else { return 0..<0 }
    let end = Int(last) + Int(count)
    return Int(first)..<Swift.max(Int(first), end)
  }
}
