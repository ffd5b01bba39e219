import ImageDecoding

extension RGBImage {
  /// This image, stored with an orientation, as it is to be seen.
  ///
  /// - Throws: `PreprocessingError.outOfMemory`.
  public func upright(from orientation: ImageOrientation) throws(PreprocessingError) -> RGBImage {
    if orientation == .topLeft { return self }
    let (width, height) = orientation.swapsAxes ? (self.height, self.width) : (self.width, self.height)
    let output = try Self.allocate(width: width, height: height)
    orientation.place(
      storage.base, first: 0, count: self.height, width: self.width, height: self.height, to: output.base)
    return RGBImage(width: width, height: height, storage: output)
  }
}
