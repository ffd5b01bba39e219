import ImageDecoding

extension RGBImage {
  /// The middle of this image, with black borders where the image is smaller.
  ///
  /// An odd pixel of what is cut off goes right and below. One of a border goes left and above in the PIL back end
  /// of transformers, right and below in the torchvision one.
  ///
  /// - Parameter rounds: Whether the middle begins at half of the difference rounded to the nearest pixel, half to even,
  ///   and an odd pixel of a border goes right and below: timm's way.
  func centerCropped(
    width: Int, height: Int, profile: PreprocessingProfile = .pillow13, rounds: Bool = false,
    limits: DecodeLimits = .default
  ) throws(PreprocessingError) -> RGBImage {
    if width == self.width, height == self.height { return self }
    try Self.checkOutput(width: width, height: height, limits: limits)
    let output = try Self.allocate(width: width, height: height)
    if width > self.width || height > self.height {
      output.buffer.initializeMemory(as: UInt8.self, repeating: 0)
    }
    let columns = Self.overlap(self.width, width, profile, rounds)
    let rows = Self.overlap(self.height, height, profile, rounds)
    for row in 0..<rows.count {
      let source = storage.base + ((rows.source + row) * self.width + columns.source) * 3
      let target = output.base + ((rows.target + row) * width + columns.target) * 3
      target.update(from: source, count: columns.count * 3)
    }
    return RGBImage(width: width, height: height, storage: output)
  }

  /// What of an axis of `size` samples lands where when `cropped` of them are asked for.
  static func overlap(
    _ size: Int, _ cropped: Int, _ profile: PreprocessingProfile, _ rounds: Bool
  ) -> (source: Int, target: Int, count: Int) {
    guard cropped > size else {
      let half = (size - cropped) / 2
      // Half a pixel more is rounded away from an odd number, and towards an even one.
      let isRoundedUp = rounds && !(size - cropped).isMultiple(of: 2) && !half.isMultiple(of: 2)
      return (isRoundedUp ? half + 1 : half, 0, cropped)
    }
    return (0, (cropped - size + (profile.arithmetic == .pil && !rounds ? 1 : 0)) / 2, size)
  }
}
