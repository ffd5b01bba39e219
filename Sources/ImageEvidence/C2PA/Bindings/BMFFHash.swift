internal import ImageDecoding

/// `c2pa.hash.bmff.v2` and `.v3`: a hash over the boxes of an ISO base media file but some of them.
enum BMFFHash {
  static func judge(_ binding: HardBinding, _ asset: BoundAsset) -> HardBinding.Outcome {
    guard let list = binding.value["exclusions"]?.arrayValue, !list.isEmpty else {
      return .malformed("it has no exclusions")
    }
    var exclusions: [BMFFExclusion] = []
    for item in list {
      guard let exclusion = BMFFExclusion(item) else { return .malformed("an exclusion is none") }
      exclusions.append(exclusion)
    }
    guard binding.value["merkle"] == nil else {
      return binding.other(.generalError, "hashes of pieces (merkle) are not checked here")
    }
    guard let hash = binding.value["hash"]?.bytesValue else { return .mismatch("it has no hash") }
    guard let algorithm = binding.algorithm(binding.value) else { return binding.unsupported }
    var boxes = ISOBoxes(asset.bytes)
    var roots: [ISOBoxes.Box] = []
    while let box = boxes.next() {
      guard roots.count < maximumRoots else { return .mismatch("the file has too many boxes") }
      roots.append(box)
    }
    guard !boxes.isTruncated else { return .mismatch("a box of the file is cut short") }
    var matcher = BMFFMatcher(asset: asset, exclusions: exclusions)
    var pieces: [Piece] = []
    var numbers: [String: Int] = [:]
    for root in roots {
      numbers[root.type, default: 0] += 1
      guard let left = matcher.leftOut(of: root, number: numbers[root.type] ?? 1) else {
        return .mismatch("the file has too many boxes")
      }
      let range = root.start..<root.end
      // What is seen is in these; the places of items alone may be left out, as older writers do.
      if let lost = left.first(where: { $0.isOfImage }) {
        return .mismatch("it leaves out \(lost.path.shown), which is part of the image")
      }
      append(range, without: left.map(\.range), to: &pieces)
    }
    return digest(pieces, asset, algorithm) == hash ? .match([]) : .changed
  }

  private static let maximumRoots = 10_000

  private enum Piece {
    case offset(Int)
    case bytes(Range<Int>)
  }

  /// The offset of the box and its bytes, unless all of it is left out.
  private static func append(_ range: Range<Int>, without left: [Range<Int>], to pieces: inout [Piece]) {
    var position = range.lowerBound
    var kept: [Range<Int>] = []
    for gap in left.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if gap.lowerBound > position { kept.append(position..<gap.lowerBound) }
      position = max(position, gap.upperBound)
    }
    if position < range.upperBound { kept.append(position..<range.upperBound) }
    guard !kept.isEmpty else { return }
    pieces.append(.offset(range.lowerBound))
    pieces += kept.map(Piece.bytes)
  }

  private static func digest(_ pieces: [Piece], _ asset: BoundAsset, _ algorithm: HashAlgorithm) -> [UInt8]? {
    let numbers = pieces.map { piece -> UInt64 in
      if case .offset(let offset) = piece { UInt64(offset).bigEndian } else { 0 }
    }
    return numbers.withUnsafeBytes { numbers in
      algorithm.digest(
        pieces.enumerated().map { index, piece in
          switch piece {
          case .offset: UnsafeRawBufferPointer(rebasing: numbers[index * 8..<index * 8 + 8])
          case .bytes(let range): asset.slice(range)
          }
        })
    }
  }
}

/// Which boxes a hash leaves out.
struct BMFFExclusion: Sendable {
  struct Step: Sendable {
    let type: String
    /// Among boxes of the same type, from 1; nil for all of them.
    let number: Int?
  }

  let steps: [Step]
  let path: String
  private let length: Int?
  private let version: Int?
  private let flags: Int?
  private let isExact: Bool
  private let data: [(offset: Int, value: [UInt8])]
  /// Parts of the box, from its first byte; 0 for a length reaches to its end. Nil for the whole box.
  private let subset: [(offset: Int, length: Int)]?

  /// Nil where the value is none.
  init?(_ value: CBORValue) {
    guard let path = value["xpath"]?.textValue, path.hasPrefix("/") else { return nil }
    self.path = path
    var steps: [Step] = []
    for part in path.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
      guard let step = Self.step(part) else { return nil }
      steps.append(step)
    }
    guard !steps.isEmpty, steps.count <= BMFFMatcher.maximumDepth else { return nil }
    self.steps = steps
    func count(_ key: String) -> Int?? {
      guard let field = value[key], field != .null else { return .some(nil) }
      return field.countValue.map { .some($0) } ?? nil
    }
    guard let length = count("length"), let version = count("version") else { return nil }
    self.length = length
    self.version = version
    flags = value["flags"]?.bytesValue.flatMap { $0.count == 3 ? $0.reduce(0) { $0 << 8 | Int($1) } : nil }
    guard flags != nil || value["flags"] == nil || value["flags"] == .null else { return nil }
    isExact = value["exact"]?.boolValue ?? true
    var data: [(Int, [UInt8])] = []
    for item in value["data"]?.arrayValue ?? [] {
      guard let offset = item["offset"]?.countValue, let bytes = item["value"]?.bytesValue else { return nil }
      data.append((offset, bytes))
    }
    self.data = data
    guard let list = value["subset"]?.arrayValue else {
      subset = nil
      return
    }
    var subset: [(Int, Int)] = []
    var end = 0
    for item in list {
      guard let offset = item["offset"]?.countValue, let length = item["length"]?.countValue, offset >= end
      else {
        return nil
      }
      let (next, overflows) = offset.addingReportingOverflow(length)
      guard !overflows else { return nil }
      end = length == 0 ? Int.max : next
      subset.append((offset, length))
    }
    self.subset = subset
  }

  /// `meta` or `meta[1]`.
  private static func step(_ text: Substring) -> Step? {
    guard text.hasSuffix("]") else {
      return text.utf8.count == 4 ? Step(type: String(text), number: nil) : nil
    }
    let parts = text.dropLast().split(separator: "[", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0].utf8.count == 4, let number = Int(parts[1]), number >= 1 else {
      return nil
    }
    return Step(type: String(parts[0]), number: number)
  }

  /// Whether a box at the end of the path has all that is asked for.
  func accepts(_ box: ISOBoxes.Box, in asset: UnsafeRawBufferPointer) -> Bool {
    if let length, length != box.end - box.start { return false }
    if let version, box.bytes.integer(at: 0, bytes: 1) != version { return false }
    if let flags {
      guard let found = box.bytes.integer(at: 1, bytes: 3) else { return false }
      guard isExact ? found == flags : found & flags == flags else { return false }
    }
    let whole = UnsafeRawBufferPointer(rebasing: asset[box.start..<box.end])
    return data.allSatisfy { item in
      item.offset <= whole.count && item.value.count <= whole.count - item.offset
        && whole[item.offset..<item.offset + item.value.count].elementsEqual(item.value)
    }
  }

  /// What is left out of such a box.
  func ranges(in box: ISOBoxes.Box) -> [Range<Int>] {
    guard let subset else { return [box.start..<box.end] }
    let count = box.end - box.start
    return subset.filter { $0.offset < count }.map { part in
      let length = part.length == 0 ? count - part.offset : min(part.length, count - part.offset)
      return box.start + part.offset..<box.start + part.offset + length
    }
  }
}

/// Finds what exclusions leave out of a file.
struct BMFFMatcher {
  struct Gap {
    let range: Range<Int>
    let path: String
    /// Whether what is seen lies in it.
    let isOfImage: Bool
  }

  /// How many boxes a path may go down.
  static let maximumDepth = 16
  /// How many boxes are looked at inside others.
  private static let maximumBoxes = 100_000

  let asset: BoundAsset
  let exclusions: [BMFFExclusion]
  private var boxCount = 0

  init(asset: BoundAsset, exclusions: [BMFFExclusion]) {
    self.asset = asset
    self.exclusions = exclusions
  }

  /// Nil where there are too many boxes.
  ///
  /// - Parameter number: The box's among those of its type, from 1.
  mutating func leftOut(of root: ISOBoxes.Box, number: Int) -> [Gap]? {
    var gaps: [Gap] = []
    for exclusion in exclusions {
      guard find(exclusion, in: root, number: number, step: 0, root: root, gaps: &gaps) else { return nil }
    }
    return gaps
  }

  /// False where there are too many boxes.
  private mutating func find(
    _ exclusion: BMFFExclusion, in box: ISOBoxes.Box, number: Int, step: Int, root: ISOBoxes.Box,
    gaps: inout [Gap]
  ) -> Bool {
    boxCount += 1
    guard boxCount <= Self.maximumBoxes else { return false }
    let wanted = exclusion.steps[step]
    guard box.type == wanted.type, wanted.number == nil || wanted.number == number else { return true }
    guard step + 1 < exclusion.steps.count else {
      if exclusion.accepts(box, in: asset.bytes) {
        let isOfImage = Self.isOfImage(box, root: root, steps: exclusion.steps)
        gaps += exclusion.ranges(in: box).map { Gap(range: $0, path: exclusion.path, isOfImage: isOfImage) }
      }
      return true
    }
    // `meta` has version and flags before its boxes.
    let skipped = box.type == "meta" ? 4 : 0
    guard box.bytes.count >= skipped else { return true }
    var numbers: [String: Int] = [:]
    for child in ISOBoxes(box.bytes.suffix(from: skipped), offset: box.contentStart + skipped) {
      numbers[child.type, default: 0] += 1
      guard
        find(
          exclusion, in: child, number: numbers[child.type] ?? 1, step: step + 1, root: root, gaps: &gaps)
      else { return false }
    }
    return true
  }

  private static func isOfImage(_ box: ISOBoxes.Box, root: ISOBoxes.Box, steps: [BMFFExclusion.Step]) -> Bool
  {
    guard ["mdat", "meta", "idat"].contains(root.type) else { return false }
    return steps.count == 1 || !["iloc", "free", "skip"].contains(box.type)
  }
}
