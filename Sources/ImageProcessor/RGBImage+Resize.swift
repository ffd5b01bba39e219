internal import CImageKernels
import TensorCore

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
    guard profile.has(filter) else { throw .unsupportedFilter(filter, profile: profile) }
    if width == self.width, height == self.height { return self }
    try Self.checkOutput(width: width, height: height, limits: limits)
    if filter == .nearest {
      return try pickedNearest(width: width, height: height, profile: profile, limits: limits)
    }
    var working = WorkingMemory(limits: limits)
    func axis(_ source: Int, _ target: Int, packs: Bool) throws(PreprocessingError) -> ResizeAxis {
      try ResizeAxis(from: source, to: target, filter: filter, profile: profile, packs: packs, &working)
    }
    if width == self.width { return try resizedRows(axis(self.height, height, packs: false)) }
    let columns = try axis(self.width, width, packs: true)
    if height == self.height { return try resizedColumns(columns) }
    let rows = try axis(self.height, height, packs: false)
    let startsWithRows =
      profile == .pillow13 && Self.startsWithRows(from: self, width: width, height: height)
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
    axis.withAxis {
      ResizeKernels.active.horizontal(
        storage.base + rows.lowerBound * width * 3, output.base, Int64(rows.count), $0)
    }
    return RGBImage(width: axis.size, height: rows.count, storage: output)
  }

  /// Changes the height. This image has either all rows of the source or those that the axis reads.
  private func resizedRows(_ axis: ResizeAxis) throws(PreprocessingError) -> RGBImage {
    let output = try Self.allocate(width: width, height: axis.size)
    let first = height == axis.sourceSize ? 0 : axis.sourceRange.lowerBound
    axis.withAxis {
      ResizeKernels.active.vertical(storage.base, Int64(width * 3), Int64(first), output.base, $0)
    }
    return RGBImage(width: width, height: axis.size, storage: output)
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

/// The passes for this CPU; the plain ones where the portable level is in use. A level that cannot be had is an error
/// where a model is loaded, and changes no byte here.
private enum ResizeKernels {
  static let active = cik_kernels_for((try? KernelLevel.active()) == .portable ? 1 : 0)
}

/// The fixed-point weights of one axis.
private struct ResizeAxis {
  let sourceSize: Int
  let size: Int
  private let axis: cik_axis
  // What `axis` points to.
  private let starts: WorkingArray<Int32>
  private let counts: WorkingArray<Int32>
  private let weights: WorkingArray<Int32>
  private let packed: WorkingArray<Int16>?

  init(
    from source: Int, to size: Int, filter: ResampleFilter, profile: PreprocessingProfile, packs: Bool,
    _ working: inout WorkingMemory
  ) throws(PreprocessingError) {
    let (filterNumber, arithmetic) = (Int32(filter.rawValue), profile.arithmetic.number)
    let window = Int(cik_window(Int64(source), Int64(size), filterNumber, arithmetic))
    let what = "the weights for resizing \(source) to \(size) samples"
    let (product, overflow) = window.multipliedReportingOverflow(by: size)
    let entries = overflow ? .max : product
    weights = try WorkingArray(entries, what, &working)
    starts = try WorkingArray(size, what, &working)
    counts = try WorkingArray(size, what, &working)
    let scratch = try WorkingArray<Double>(profile.arithmetic == .pil ? window : entries, what, &working)
    // In fours, the last one padded: see `cik_axis`.
    packed = packs ? try WorkingArray((window + 3) / 4 * 8 * size, what, &working) : nil
    self.sourceSize = source
    self.size = size
    var axis = cik_axis(
      in_size: Int64(source), out_size: Int64(size), window: Int64(window), starts: starts.base,
      counts: counts.base, weights: weights.base, fraction_bits: 0, packed: packed?.base)
    withExtendedLifetime(scratch) { cik_weights(&axis, filterNumber, arithmetic, scratch.base) }
    self.axis = axis
  }

  func withAxis(_ body: (UnsafePointer<cik_axis>) -> Void) {
    withExtendedLifetime(self) { withUnsafePointer(to: axis, body) }
  }

  /// The source samples that any output sample reads. Both ends move up with the output index.
  var sourceRange: Range<Int> {
    // An axis has at least one sample.
    let first = Int(starts.base[0])
    let end = Int(starts.base[size - 1]) + Int(counts.base[size - 1])
    return first..<Swift.max(first, end)
  }
}
