internal import CImageKernels
import ImageDecoding

/// Both passes of a resize, on rows that come from the top, be it while they are decoded. Between the passes only those
/// rows are kept that the second one still needs, so that they stay in the cache.
final class ResizePasses: RowConsumer {
  private let plan: ResizePlan
  private let across: ResizeAxis
  private let down: ResizeAxis
  private let output: PixelStorage
  private let between: PixelStorage
  /// The rows of the source that `between` holds, narrowed, where the width changes first.
  private var held = 0..<0
  /// Output rows that are done: the first ones, or the last ones where the source is upside down.
  private var done = 0

  /// - Returns: Nil where one of the sizes stays.
  init?(_ plan: ResizePlan) throws(PreprocessingError) {
    guard let across = plan.across, let down = plan.down else { return nil }
    self.plan = plan
    self.across = across
    self.down = down
    output = try RGBImage.allocate(width: across.size, height: down.size)
    between = try RGBImage.allocate(
      width: plan.startsWithRows ? across.sourceSize : across.size, height: Self.capacity(plan, down))
    restart()
  }

  /// Rows that the first pass gives at once.
  private static let batch = 16

  private static func capacity(_ plan: ResizePlan, _ down: ResizeAxis) -> Int {
    plan.startsWithRows ? 4 : 2 * down.window + batch
  }

  /// The bytes of what lies between the passes, where the second axis has `window` weights a sample.
  static func workingBytes(_ plan: ResizePlan) -> Int {
    guard let across = plan.across, let down = plan.down else { return 0 }
    return DecodeLimits.product(
      capacity(plan, down), plan.startsWithRows ? across.sourceSize : across.size, 3)
  }

  /// Source rows that the first pass looks at together, and must find in memory together.
  var window: Int { plan.startsWithRows ? down.window : 1 }

  /// Begins again from the first row.
  func restart() {
    done = 0
    held = down.sourceRange.lowerBound..<down.sourceRange.lowerBound
  }

  /// Takes `count` rows from `first` on: those that follow the last call's, or some that it asked to keep.
  ///
  /// - Returns: The first row that is needed again in the next call.
  func take(_ rows: UnsafePointer<UInt8>, first: Int, count: Int) -> Int {
    if plan.startsWithRows { return takeHeightFirst(rows, first: first, end: first + count) }
    let wanted = down.sourceRange.clamped(to: first..<first + count)
    for start in stride(from: wanted.lowerBound, to: wanted.upperBound, by: Self.batch) {
      let part = start..<Swift.min(start + Self.batch, wanted.upperBound)
      takeWidthFirst(rows + (start - first) * across.sourceSize * 3, part)
    }
    return first + count
  }

  private func takeWidthFirst(_ rows: UnsafePointer<UInt8>, _ part: Range<Int>) {
    let rowBytes = across.size * 3
    if held.count + part.count > Self.capacity(plan, down) {
      let needed = Swift.min(firstNeeded ?? held.upperBound, held.upperBound)
      let kept = Swift.max(needed, held.lowerBound)..<held.upperBound
      between.base.update(
        from: between.base + (kept.lowerBound - held.lowerBound) * rowBytes, count: kept.count * rowBytes)
      held = kept
    }
    across.withAxis {
      ResizeKernels.active.horizontal(rows, between.base + held.count * rowBytes, Int64(part.count), $0)
    }
    held = held.lowerBound..<part.upperBound
    let ready = completed(by: held.upperBound, atMost: .max)
    down.withAxis {
      ResizeKernels.active.vertical(
        between.base, Int64(rowBytes), Int64(held.lowerBound), output.base + ready.lowerBound * rowBytes, $0,
        Int64(ready.lowerBound), Int64(ready.upperBound))
    }
  }

  private func takeHeightFirst(_ rows: UnsafePointer<UInt8>, first: Int, end: Int) -> Int {
    while true {
      let ready = completed(by: end, atMost: Self.capacity(plan, down))
      if ready.isEmpty { return Swift.min(firstNeeded ?? end, end) }
      down.withAxis {
        ResizeKernels.active.vertical(
          rows, Int64(across.sourceSize * 3), Int64(first), between.base, $0, Int64(ready.lowerBound),
          Int64(ready.upperBound))
      }
      across.withAxis {
        ResizeKernels.active.horizontal(
          between.base, output.base + ready.lowerBound * across.size * 3, Int64(ready.count), $0)
      }
    }
  }

  /// The next output rows that read no source row from `end` on; they count as done then.
  private func completed(by end: Int, atMost most: Int) -> Range<Int> {
    let before = done
    while done < down.size, done - before < most, down.source(of: index(done)).upperBound <= end { done += 1 }
    return down.isMirrored ? down.size - done..<down.size - before : before..<done
  }

  /// The first source row that an output row reads which is not done.
  private var firstNeeded: Int? { done < down.size ? down.source(of: index(done)).lowerBound : nil }

  private func index(_ place: Int) -> Int { down.isMirrored ? down.size - 1 - place : place }

  /// The resized image, as it is to be seen.
  func resized() throws(PreprocessingError) -> RGBImage {
    try plan.finished(RGBImage(width: across.size, height: down.size, storage: output))
  }
}
