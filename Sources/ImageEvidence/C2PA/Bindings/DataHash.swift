/// `c2pa.hash.data`: a hash over the whole file but some ranges.
///
/// Stricter than the reference implementation: what is left out must be the store, exactly, or lie in metadata. Whatever
/// else is left out anybody could have changed.
enum DataHash {
  static func judge(_ binding: HardBinding, _ asset: BoundAsset) -> HardBinding.Outcome {
    guard let hash = binding.value["hash"]?.bytesValue else { return .mismatch("it has no hash") }
    guard let algorithm = binding.algorithm(binding.value) else { return binding.unsupported }
    guard var ranges = exclusions(binding.value["exclusions"]) else {
      return .malformed("its exclusions are no ranges, or not in order")
    }
    if binding.isUpdated { adjust(&ranges, to: asset.storeExtent) }
    if let last = ranges.last, last.upperBound > asset.bytes.count {
      return .mismatch("it leaves out bytes behind the end of the file")
    }
    let others = ranges.filter { $0 != asset.storeExtent }
    if let extent = asset.storeExtent, others.count == ranges.count,
      let touching = ranges.first(where: extent.overlaps)
    {
      return .mismatch(
        "it leaves out bytes \(touching.lowerBound)..<\(touching.upperBound), and the store is \(extent.lowerBound)..<\(extent.upperBound)"
      )
    }
    if !others.isEmpty {
      guard let metadata = AssetBoxes.metadata(of: asset) else {
        return .mismatch("it leaves out more than the store, and the file cannot be taken apart")
      }
      for range in others where !range.isEmpty && !metadata.contains(where: { $0.contains(range) }) {
        return .mismatch(
          "it leaves out bytes \(range.lowerBound)..<\(range.upperBound), which are neither the store nor metadata"
        )
      }
    }
    var pieces: [UnsafeRawBufferPointer] = []
    var position = 0
    for range in ranges {
      pieces.append(asset.slice(position..<range.lowerBound))
      position = range.upperBound
    }
    pieces.append(asset.slice(position..<asset.bytes.count))
    guard algorithm.digest(pieces) == hash else { return .changed }
    guard !others.isEmpty else { return .match([]) }
    let note = ValidationStatus(
      ValidationCode.Assertion.additionalExclusions, url: binding.url,
      explanation: "metadata is left out of the hash: it may have been changed since")
    return .match([note])
  }

  /// Ranges in order that do not overlap, or nil.
  private static func exclusions(_ value: CBORValue?) -> [Range<Int>]? {
    guard let value else { return [] }
    guard let list = value.arrayValue else { return nil }
    var ranges: [Range<Int>] = []
    for item in list {
      guard let start = item["start"]?.countValue, let length = item["length"]?.countValue else { return nil }
      let (end, overflows) = start.addingReportingOverflow(length)
      guard !overflows, start >= ranges.last?.upperBound ?? 0 else { return nil }
      ranges.append(start..<end)
    }
    return ranges
  }

  /// Update manifests have made the store longer: its range is what it takes up now, and those behind it are further on.
  private static func adjust(_ ranges: inout [Range<Int>], to extent: Range<Int>?) {
    guard let extent, let index = ranges.firstIndex(where: { $0.lowerBound == extent.lowerBound }) else {
      return
    }
    let growth = extent.count - ranges[index].count
    ranges[index] = extent
    for later in ranges.indices.dropFirst(index + 1) {
      let (start, overflows) = ranges[later].lowerBound.addingReportingOverflow(growth)
      let (end, alsoOverflows) = ranges[later].upperBound.addingReportingOverflow(growth)
      guard !overflows, !alsoOverflows, start >= extent.upperBound else { return }
      ranges[later] = start..<end
    }
  }
}

extension Range<Int> {
  /// Whether another range lies in this one.
  fileprivate func contains(_ other: Range<Int>) -> Bool {
    lowerBound <= other.lowerBound && other.upperBound <= upperBound
  }
}
