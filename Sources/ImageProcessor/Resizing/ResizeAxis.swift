internal import CImageKernels
import ImageDecoding

/// The fixed-point weights of one axis.
struct ResizeAxis {
  let sourceSize: Int
  let size: Int
  /// The most source samples that an output sample reads.
  let window: Int
  let isMirrored: Bool
  /// The source samples that any output sample reads.
  let sourceRange: Range<Int>
  private let axis: cik_axis
  // What `axis` points to.
  private let starts: WorkingArray<Int32>
  private let counts: WorkingArray<Int32>
  private let weights: WorkingArray<Int32>
  private let packed: WorkingArray<Int16>?

  /// - Parameters:
  ///   - mirrored: Whether the source is stored from its end to its beginning.
  ///   - packs: Whether the axis is for the pass over rows.
  init(
    from source: Int, to size: Int, filter: ResampleFilter, profile: PreprocessingProfile, mirrored: Bool,
    packs: Bool, _ working: inout WorkingMemory
  ) throws(PreprocessingError) {
    let (filterNumber, arithmetic) = (Int32(filter.rawValue), profile.arithmetic.number)
    let window = Int(cik_window(Int64(source), Int64(size), filterNumber, arithmetic))
    let what = "the weights for resizing \(source) to \(size) samples"
    let entries = DecodeLimits.product(window, size)
    weights = try WorkingArray(entries, what, &working)
    starts = try WorkingArray(size, what, &working)
    counts = try WorkingArray(size, what, &working)
    let scratch = try WorkingArray<Double>(profile.arithmetic == .pil ? window : entries, what, &working)
    // In fours, the last one padded: see `cik_axis`.
    packed =
      packs ? try WorkingArray(DecodeLimits.product((window + 3) / 4 * 8, size), what, &working) : nil
    self.sourceSize = source
    self.size = size
    self.window = window
    isMirrored = mirrored
    var axis = cik_axis(
      in_size: Int64(source), out_size: Int64(size), window: Int64(window), starts: starts.base,
      counts: counts.base, weights: weights.base, fraction_bits: 0, packed: packed?.base,
      parts: 0)
    withExtendedLifetime(scratch) { cik_weights(&axis, filterNumber, arithmetic, scratch.base) }
    if mirrored { cik_mirror(&axis) }
    self.axis = axis
    // Both ends move one way with the output index. An axis has at least one sample.
    let (first, last) = mirrored ? (size - 1, 0) : (0, size - 1)
    let start = Int(starts.base[first])
    sourceRange = start..<Swift.max(start, Int(starts.base[last]) + Int(counts.base[last]))
  }

  /// The source samples that an output sample reads.
  func source(of sample: Int) -> Range<Int> {
    let start = Int(starts.base[sample])
    return start..<start + Int(counts.base[sample])
  }

  func withAxis(_ body: (UnsafePointer<cik_axis>) -> Void) {
    withExtendedLifetime(self) { withUnsafePointer(to: axis, body) }
  }
}
