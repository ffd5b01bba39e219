/// Images cut into patches, and maps of tokens.
extension ImageExtent {
  /// How many patches fit; remainders are dropped.
  func divided(by patch: ImageExtent) -> ImageExtent {
    ImageExtent(height: height / patch.height, width: width / patch.width)
  }

  /// Whether nothing is left over.
  func isMultiple(of patch: ImageExtent) -> Bool {
    height.isMultiple(of: patch.height) && width.isMultiple(of: patch.width)
  }

  /// How many patches cover it.
  func cutUp(by patch: ImageExtent) -> ImageExtent {
    ImageExtent(
      height: (height + patch.height - 1) / patch.height, width: (width + patch.width - 1) / patch.width)
  }

  /// The number of patches of a grid.
  var count: Int { height * width }

  /// The grid that is left when each two by two are merged.
  var merged: ImageExtent { cutUp(by: ImageExtent(2)) }
}
