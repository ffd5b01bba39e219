/// `c2pa.hash.boxes`: hashes over the parts of a file, each named, all of them in order.
enum BoxesHash {
  static func judge(_ binding: HardBinding, _ asset: BoundAsset) -> HardBinding.Outcome {
    guard let entries = binding.value["boxes"]?.arrayValue, !entries.isEmpty else {
      return .malformed("it has no list of boxes")
    }
    let names = entries.map { $0["names"]?.arrayValue?.compactMap(\.textValue) ?? [] }
    guard names.allSatisfy({ !$0.isEmpty }) else { return .malformed("an entry has no names") }
    let hasRestarts = names.contains { $0.contains { $0.hasPrefix("RST") } }
    guard let boxes = AssetBoxes.boxes(of: asset, joiningRestarts: !hasRestarts) else {
      return binding.other(
        .generalError, "boxes of this kind of file are not named here, or the file is damaged")
    }
    var walk = Walk(boxes: boxes, asset: asset, binding: binding)
    for (entry, names) in zip(entries, names) {
      if let outcome = walk.take(entry, names) { return outcome }
    }
    return walk.finish(known: Set(names.joined()))
  }

  /// Goes over the boxes of the file along the entries.
  private struct Walk {
    let boxes: [AssetBox]
    let asset: BoundAsset
    let binding: HardBinding
    private var next = 0
    private var position = 0
    private var leftOut = false

    init(boxes: [AssetBox], asset: BoundAsset, binding: HardBinding) {
      self.boxes = boxes
      self.asset = asset
      self.binding = binding
    }

    /// What ends the walk, or nil.
    mutating func take(_ entry: CBORValue, _ names: [String]) -> HardBinding.Outcome? {
      if names == ["c2pa.after"] {
        guard next == boxes.count else { return .mismatch("\"c2pa.after\" does not stand at the end") }
        let rest = position..<asset.bytes.count
        position = rest.upperBound
        return judge(entry, rest, isStore: false, mayBeLeftOut: false)
      }
      let first = next
      for name in names {
        guard next < boxes.count else { return .mismatch("the box \(name.shown) is not in the file") }
        guard boxes[next].name == name else {
          return .mismatch("where the box \(name.shown) should be, there is \(boxes[next].name.shown)")
        }
        next += 1
      }
      let taken = boxes[first..<next]
      let isStore = taken.contains { $0.role == .store }
      guard !isStore || names.count == 1 else { return .malformed("the store is named among other boxes") }
      let range = taken[first].range.lowerBound..<taken[next - 1].range.upperBound
      guard range.lowerBound == position else { return .mismatch("there are bytes between two boxes") }
      position = range.upperBound
      return judge(entry, range, isStore: isStore, mayBeLeftOut: taken.allSatisfy { $0.role == .metadata })
    }

    private mutating func judge(
      _ entry: CBORValue, _ range: Range<Int>, isStore: Bool, mayBeLeftOut: Bool
    ) -> HardBinding.Outcome? {
      if isStore { return nil }
      if entry["excluded"]?.boolValue == true {
        guard mayBeLeftOut else { return .mismatch("it leaves out what is neither the store nor metadata") }
        leftOut = true
        return nil
      }
      guard let hash = entry["hash"]?.bytesValue else { return .malformed("an entry has no hash") }
      guard let algorithm = binding.algorithm(entry, binding.value) else { return binding.unsupported }
      return algorithm.digest([asset.slice(range)]) == hash ? nil : .changed
    }

    func finish(known: Set<String>) -> HardBinding.Outcome {
      if next < boxes.count {
        let name = boxes[next].name
        guard known.contains(name) else {
          return binding.other(
            ValidationCode.Assertion.unknownBox, "the file has a box \(name.shown), which is in no entry")
        }
        return .mismatch("the file has more boxes than are listed")
      }
      guard position == asset.bytes.count else { return .mismatch("there are bytes behind the last box") }
      guard leftOut else { return .match([]) }
      let note = ValidationStatus(
        ValidationCode.Assertion.additionalExclusions, url: binding.url,
        explanation: "metadata is left out of the hash: it may have been changed since")
      return .match([note])
    }
  }
}
