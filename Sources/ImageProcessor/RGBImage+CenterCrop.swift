extension RGBImage {
  /// The middle of this image, with black borders where the image is smaller.
  ///
  /// As in the PIL back end of transformers: an odd pixel of what is cut off goes right and below, one of
  /// a border left and above.
  func centerCropped(
    width: Int, height: Int, limits: DecodeLimits = .default
  ) throws(PreprocessingError) -> RGBImage {
    if width == self.width, height == self.height { return self }
    try Self.checkOutput(width: width, height: height, limits: limits)
    let output = try Self.allocate(width: width, height: height)
    if width > self.width || height > self.height {
      output.buffer.initializeMemory(as: UInt8.self, repeating: 0)
    }
    let columns = Self.overlap(self.width, width)
    let rows = Self.overlap(self.height, height)
    for row in 0..<rows.count {
      let source = storage.base + ((rows.source + row) * self.width + columns.source) * 3
      let target = output.base + ((rows.target + row) * width + columns.target) * 3
      target.update(from: source, count: columns.count * 3)
    }
    return RGBImage(width: width, height: height, storage: output)
  }

  /// What of an axis of `size` samples lands where when `cropped` of them are asked for.
  private static func overlap(_ size: Int, _ cropped: Int) -> (source: Int, target: Int, count: Int) {
    cropped <= size ? ((size - cropped) / 2, 0, cropped) : (0, (cropped - size + 1) / 2, size)
  }
}
