internal import ImageDecoding

/// A C2PA manifest store that was found in a file, and where.
struct LocatedStore {
  /// The store: a `jumb` box, and padding behind it where the container has some.
  let bytes: [UInt8]
  /// The parts of the file that hold nothing but it, whole and in the order of the file: the segments, the chunk, the
  /// box, the value of the directory's entry.
  let extents: [Range<Int>]
  /// Of an ISO base media file: what the box says it is for (`manifest`, `original`, `update`).
  var purpose: String?

  /// Whether a box of JUMBF is a manifest store: its description has that type.
  static func isStore(_ box: some Collection<UInt8>) -> Bool {
    let bytes = Array(box.prefix(40))
    return bytes.withUnsafeBytes { bytes in
      let header = bytes.integer(at: 0, bytes: 4) == 1 ? 16 : 8
      return bytes.suffix(from: header + 4).starts(with: "jumd")
        && bytes.dropFirst(header + 8).prefix(16).elementsEqual(type)
    }
  }

  private static let type: [UInt8] = [
    0x63, 0x32, 0x70, 0x61, 0, 0x11, 0, 0x10, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71,
  ]
}

/// The boxes of JUMBF in the segments APP11 of a JPEG, put together by their instance numbers.
struct JPEGBoxes {
  private struct Box {
    var bytes: [UInt8] = []
    var extents: [Range<Int>] = []
    var indices: [Int] = []
    var sequence: [Int] = []
    var header: [UInt8] = []
    var length: Int?
    var problem: String?
  }

  private var boxes: [Int: Box] = [:]
  private var order: [Int] = []

  /// - Parameter index: The number of the segment in the file.
  mutating func add(_ segment: FileParts.Part, index: Int, _ content: UnsafeRawBufferPointer) {
    guard content.starts(with: "JP"), let instance = content.integer(at: 2, bytes: 2),
      let sequence = content.integer(at: 4, bytes: 4), let short = content.integer(at: 8, bytes: 4),
      content.suffix(from: 12).starts(with: "jumb")
    else { return }
    let headerCount = short == 1 ? 16 : 8
    guard let length = short == 1 ? content.integer(at: 16, bytes: 8) : short,
      content.count >= 8 + headerCount
    else { return }
    if boxes[instance] == nil { order.append(instance) }
    var box = boxes[instance] ?? Box()
    let header = Array(content[8..<8 + headerCount])
    if box.sequence.isEmpty {
      box.header = header
      box.length = length
      box.bytes = Array(content.dropFirst(8))
    } else {
      if header != box.header { box.problem = "its segments declare different lengths" }
      box.bytes += content.dropFirst(8 + headerCount)
    }
    if sequence != box.sequence.count + 1 { box.problem = "its segments are not numbered one by one" }
    if let last = box.indices.last, index != last + 1 {
      box.problem = "its segments do not follow each other"
    }
    box.sequence.append(sequence)
    box.indices.append(index)
    box.extents.append(segment.range)
    boxes[instance] = box
  }

  /// The manifest stores among them, each with what is wrong with its segments.
  var stores: [(store: LocatedStore, problem: String?)] {
    order.compactMap { instance in
      guard let box = boxes[instance], LocatedStore.isStore(box.bytes) else { return nil }
      var problem = box.problem
      if problem == nil, box.length != box.bytes.count {
        problem = "it declares \(box.length ?? 0) bytes and has \(box.bytes.count)"
      }
      return (LocatedStore(bytes: box.bytes, extents: box.extents), problem)
    }
  }
}
