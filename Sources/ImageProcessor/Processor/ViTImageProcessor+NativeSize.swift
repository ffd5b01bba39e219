extension ViTImageProcessor {
  /// The size of a square image, or of one with the network's proportions, that is not resampled: a part of another image
  /// of this size is seen with the pixels that it has. `nil` where images are never resized, and so are seen like that
  /// anyway, and where there is no such size.
  package var nativeSize: (height: Int, width: Int)? {
    // A square that is large enough for any bound that a configuration has, and for no product to overflow.
    let side = 1 << 16
    guard config.doResize, let size = config.size.output(width: side, height: side),
      size.height > 0, size.width > 0,
      let again = config.size.output(width: size.width, height: size.height), again == size
    else { return nil }
    return size
  }
}
