import ImageDecoding

/// How an image becomes another size: the weights of both axes as the image is stored, and the order of the passes.
///
/// An image that is to be turned is not turned first. The weights of an axis that is seen from its end are turned
/// round, and where rows are seen as columns the passes change places; then only the small result is transposed. The
/// sums are of integers, so the bytes are those of turning first.
struct ResizePlan {
  /// Along stored rows, or nil where their length stays.
  let across: ResizeAxis?
  /// Along stored columns.
  let down: ResizeAxis?
  let startsWithRows: Bool
  /// Whether the result of the passes is the transpose of the output.
  let transposes: Bool

  /// - Parameters:
  ///   - width, height: Of the image as it is stored. Turned, it has not the output's size.
  ///   - output: As it is to be seen.
  init(
    width: Int, height: Int, orientation: ImageOrientation, output: (width: Int, height: Int),
    filter: ResampleFilter, profile: PreprocessingProfile, limits: DecodeLimits
  ) throws(PreprocessingError) {
    let swaps = orientation.swapsAxes
    let target = swaps ? (width: output.height, height: output.width) : output
    let seen = swaps ? (width: height, height: width) : (width: width, height: height)
    // Which pass is first decides the last bits, and each reference has a rule of its own.
    let changesHeightFirst =
      switch profile {
      case .pillow13:
        seen.height > output.height && seen.height - output.height > 2 * (seen.width - output.width)
      case .pillow12: seen.height > output.height && seen.height > 100 * seen.width
      case .torchvision: false
      }
    startsWithRows = changesHeightFirst != swaps
    transposes = swaps
    var working = WorkingMemory(limits: limits)
    func axis(_ source: Int, _ size: Int, mirrored: Bool, packs: Bool) throws(PreprocessingError)
      -> ResizeAxis?
    {
      // A mirrored axis has weights even where its size stays: all of them one.
      guard source != size || mirrored else { return nil }
      return try ResizeAxis(
        from: source, to: size, filter: source == size ? .box : filter,
        profile: source == size ? .pillow13 : profile,
        mirrored: mirrored, packs: packs, &working)
    }
    across = try axis(width, target.width, mirrored: orientation.mirrorsRows, packs: true)
    down = try axis(height, target.height, mirrored: orientation.mirrorsColumns, packs: false)
    try working.take(ResizePasses.workingBytes(self), of: 1, "the rows between two resize passes")
  }

  func callAsFunction(_ image: RGBImage) throws(PreprocessingError) -> RGBImage {
    if let passes = try ResizePasses(self) {
      _ = passes.take(image.storage.base, first: 0, count: image.height)
      return try passes.resized()
    }
    if let across { return try finished(image.resizedColumns(across)) }
    if let down { return try finished(image.resizedRows(down)) }
    return try finished(image)
  }

  /// The output of what the passes gave.
  func finished(_ image: RGBImage) throws(PreprocessingError) -> RGBImage {
    try transposes ? image.upright(from: .leftTop) : image
  }
}

extension RGBImage {
  /// Changes the width alone.
  fileprivate func resizedColumns(_ axis: ResizeAxis) throws(PreprocessingError) -> RGBImage {
    let output = try Self.allocate(width: axis.size, height: height)
    axis.withAxis { ResizeKernels.active.horizontal(storage.base, output.base, Int64(height), $0) }
    return RGBImage(width: axis.size, height: height, storage: output)
  }

  /// Changes the height alone.
  fileprivate func resizedRows(_ axis: ResizeAxis) throws(PreprocessingError) -> RGBImage {
    let output = try Self.allocate(width: width, height: axis.size)
    axis.withAxis {
      ResizeKernels.active.vertical(storage.base, Int64(width * 3), 0, output.base, $0, 0, Int64(axis.size))
    }
    return RGBImage(width: width, height: axis.size, storage: output)
  }
}
