internal import ImageDecoding

/// The boxes of JUMBF in the segments APP11 of a JPEG, put together by their instance numbers.
struct JPEGBoxes {
  private struct Box {
    struct Piece {
      let sequence: Int
      let content: [UInt8]
    }

    var header: [UInt8]
    var length: Int
    var pieces: [Piece] = []
    var extent: Range<Int>
    var lastIndex: Int
    var problem: String?

    mutating func add(_ piece: Piece, _ header: [UInt8], _ range: Range<Int>, _ index: Int) {
      if header != self.header { problem = "its segments declare different lengths" }
      if piece.sequence != pieces.count + 1 { problem = "its segments are not numbered one by one" }
      if index != lastIndex + 1 { problem = "its segments do not follow each other" }
      pieces.append(piece)
      extent = extent.lowerBound..<range.upperBound
      lastIndex = index
    }

    /// The whole box, put together by the numbers of its pieces.
    var bytes: [UInt8] {
      header + pieces.sorted { $0.sequence < $1.sequence }.flatMap(\.content)
    }
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
    let header = Array(content[8..<8 + headerCount])
    // In place: a file may have a hundred thousand segments.
    boxes[
      instance,
      default: Box(header: header, length: length, extent: segment.range, lastIndex: index - 1)
    ].add(
      Box.Piece(sequence: sequence, content: Array(content.dropFirst(8 + headerCount))), header,
      segment.range,
      index)
  }

  /// The manifest stores among them, each with what is wrong with its segments.
  var stores: [EmbeddedStore] {
    order.compactMap { instance in
      guard let box = boxes[instance] else { return nil }
      let bytes = box.bytes
      guard EmbeddedStore.isStore(bytes) else { return nil }
      var problem = box.problem
      if problem == nil, box.length != bytes.count {
        problem = "it declares \(box.length) bytes and has \(bytes.count)"
      }
      return EmbeddedStore(
        bytes: bytes, extent: box.extent,
        problems: problem.map { ["the store is not embedded by the rules: \($0)"] } ?? [])
    }
  }
}
