/// Where and why a store cannot be read.
package struct JUMBFError: Error, Sendable, Equatable, CustomStringConvertible {
  /// In the store.
  package let offset: Int
  package let detail: String

  package var description: String { "\(detail) (byte \(offset) of the store)" }
}

/// Reads the boxes of a store. The heads of superboxes are in no hash, so all that they say is checked: each box ends
/// inside the one around it, and the boxes inside a box fill it.
package struct JUMBFReader {

  private let source: [UInt8]
  private let limits: EvidenceLimits
  private var boxCount = 0

  private init(source: [UInt8], limits: EvidenceLimits) {
    self.source = source
    self.limits = limits
  }

  /// The one box that `bytes` are.
  ///
  /// - Parameter limits: `storeBytes`, `boxDepth` and `storeBoxes` bound it.
  package static func read(
    _ bytes: [UInt8], limits: EvidenceLimits = .default
  ) throws(JUMBFError) -> JUMBFBox {
    guard bytes.count <= limits.storeBytes else {
      throw JUMBFError(offset: 0, detail: "it has more than \(limits.storeBytes) bytes")
    }
    var reader = JUMBFReader(source: bytes, limits: limits)
    let boxes = try reader.boxes(in: 0..<bytes.count, depth: 0)
    guard boxes.count == 1 else { throw JUMBFError(offset: 0, detail: "it is not one box") }
    return boxes[0]
  }

  private func integer(_ count: Int, at offset: Int) -> UInt64 {
    source[offset..<offset + count].reduce(0) { $0 << 8 | UInt64($1) }
  }

  private mutating func boxes(in range: Range<Int>, depth: Int) throws(JUMBFError) -> [JUMBFBox] {
    var boxes: [JUMBFBox] = []
    var position = range.lowerBound
    while position < range.upperBound {
      let box = try self.box(at: position, end: range.upperBound, depth: depth)
      position = box.range.upperBound
      boxes.append(box)
    }
    return boxes
  }

  private mutating func box(at start: Int, end: Int, depth: Int) throws(JUMBFError) -> JUMBFBox {
    boxCount += 1
    guard boxCount <= limits.storeBoxes else {
      throw JUMBFError(offset: start, detail: "it has more than \(limits.storeBoxes) boxes")
    }
    guard end - start >= 8 else { throw JUMBFError(offset: start, detail: "the head of a box is cut short") }
    var length = integer(4, at: start)
    var headLength = 8
    if length == 1 {
      guard end - start >= 16 else {
        throw JUMBFError(offset: start, detail: "the head of a box is cut short")
      }
      length = integer(8, at: start + 8)
      headLength = 16
    }
    guard length >= UInt64(headLength), length <= UInt64(end - start) else {
      throw JUMBFError(offset: start, detail: "a box says that it has \(length) bytes, of \(end - start)")
    }
    let range = start..<start + Int(length)
    let content = start + headLength..<range.upperBound
    let type = String(decoding: source[start + 4..<start + 8], as: UTF8.self)
    guard type == "jumb" else {
      return JUMBFBox(
        type: type, range: range, content: content, description: nil, children: [], source: source)
    }
    guard depth < limits.boxDepth else {
      throw JUMBFError(offset: start, detail: "boxes are nested deeper than \(limits.boxDepth)")
    }
    let inner = try boxes(in: content, depth: depth + 1)
    guard let first = inner.first, first.type == "jumd" else {
      throw JUMBFError(offset: start, detail: "a superbox does not begin with its description")
    }
    return JUMBFBox(
      type: type, range: range, content: content, description: try description(first.content),
      children: Array(inner.dropFirst()), source: source)
  }

  private func description(_ range: Range<Int>) throws(JUMBFError) -> JUMBFDescription {
    let damaged = JUMBFError(offset: range.lowerBound, detail: "the description of a box is damaged")
    guard range.count >= 17 else { throw damaged }
    let type = JUMBFType(source[range.lowerBound..<range.lowerBound + 16])
    let toggles = source[range.lowerBound + 16]
    var position = range.lowerBound + 17
    var label: String?
    guard toggles & 0xE0 == 0 else { throw damaged }
    if toggles & 0x02 != 0 {
      guard let end = source[position..<range.upperBound].firstIndex(of: 0),
        let text = String(validating: source[position..<end], as: UTF8.self), Self.isLabel(text)
      else {
        throw JUMBFError(offset: position, detail: "the label of a box is none")
      }
      label = text
      position = end + 1
    }
    if toggles & 0x04 != 0 { position += 4 }
    if toggles & 0x08 != 0 { position += 32 }
    if toggles & 0x10 != 0 {
      guard range.upperBound - position >= 8, integer(4, at: position) == UInt64(range.upperBound - position)
      else { throw damaged }
      position = range.upperBound
    }
    guard position == range.upperBound else { throw damaged }
    return JUMBFDescription(type: type, label: label)
  }

  private static func isLabel(_ text: String) -> Bool {
    !text.isEmpty
      && text.unicodeScalars.allSatisfy { scalar in
        scalar.value >= 0x20 && !(0x7F...0x9F).contains(scalar.value)
          && !"/;?#".unicodeScalars.contains(scalar)
      }
  }
}
