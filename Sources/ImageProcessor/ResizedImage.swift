/// An image whose width changes while its rows arrive, so that it is never in memory at its full size.
final class ResizedImage: RowBand {
  private let plan: ResizePlan
  private let across: ResizeAxis
  private let down: ResizeAxis
  /// The image between the passes: those rows that the second one reads.
  private let narrow: PixelStorage

  /// - Returns: Nil where the plan does not begin with the width.
  init?(_ header: ImageHeader, _ plan: ResizePlan) throws {
    guard let across = plan.across, let down = plan.down, !plan.startsWithRows else { return nil }
    self.plan = plan
    self.across = across
    self.down = down
    narrow = try RGBImage.allocate(width: across.size, height: down.sourceRange.count)
    try super.init(header)
  }

  override func take(_ band: UnsafePointer<UInt8>, first: Int, count: Int) {
    let wanted = down.sourceRange.clamped(to: first..<first + count)
    if wanted.isEmpty { return }
    across.withAxis {
      ResizeKernels.active.horizontal(
        band + (wanted.lowerBound - first) * across.sourceSize * 3,
        narrow.base + (wanted.lowerBound - down.sourceRange.lowerBound) * across.size * 3,
        Int64(wanted.count), $0)
    }
  }

  /// The resized image, as it is to be seen.
  func resized() throws(PreprocessingError) -> RGBImage {
    let between = RGBImage(width: across.size, height: down.sourceRange.count, storage: narrow)
    return try plan.finished(between.resizedRows(down))
  }
}
