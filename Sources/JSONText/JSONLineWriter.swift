/// One line of JSON in the making: objects with their members by key, arrays, and what they hold.
///
/// It writes straight into the text. An object's members are put in order when the object is complete, which it is when
/// something is written beside or above it.
final class JSONLineWriter {
  private struct Member {
    var key: String
    var start: Int
  }

  /// An object or an array that is not complete.
  private struct Frame {
    var isObject: Bool
    /// Where its opening bracket stands.
    var start: Int
    /// Of an object, where its members begin among all.
    var firstMember: Int
    var count = 0
  }

  private(set) var bytes: [UInt8] = []
  private var frames: [Frame] = []
  /// Of all objects that are not complete, the innermost last.
  private var members: [Member] = []

  /// The keys that lead to what is being written; of arrays the index.
  var codingPath: [any CodingKey] {
    frames.indices.map { index in
      guard frames[index].isObject else { return JSONLineKey(intValue: max(frames[index].count - 1, 0)) }
      let end = index + 1 < frames.count ? frames[index + 1].firstMember : members.count
      return JSONLineKey(stringValue: end > frames[index].firstMember ? members[end - 1].key : "")
    }
  }

  // MARK: Structure

  /// Opens an object or an array as the value at a depth, or goes on with the one that was opened there.
  func open(isObject: Bool, at depth: Int) {
    close(to: depth + 1)
    if frames.count > depth {
      precondition(frames[depth].isObject == isObject, "one value is an object or an array, not both")
      return
    }
    frames.append(Frame(isObject: isObject, start: bytes.count, firstMember: members.count))
    bytes.append(UInt8(ascii: isObject ? "{" : "["))
  }

  /// Writes a key of the object at a depth; its value is next.
  func key(_ key: String, at depth: Int) {
    next(at: depth)
    members.append(Member(key: key, start: bytes.count))
    string(key)
    bytes.append(UInt8(ascii: ":"))
  }

  /// Makes ready for the next element of the array at a depth, or for a key.
  func next(at depth: Int) {
    close(to: depth + 1)
    precondition(frames.count > depth, "written to after it was complete")
    if frames[depth].count > 0 { bytes.append(UInt8(ascii: ",")) }
    frames[depth].count += 1
  }

  func count(at depth: Int) -> Int { frames.count > depth ? frames[depth].count : 0 }

  /// Completes what is open below a depth.
  func close(to depth: Int) {
    while frames.count > depth {
      let frame = frames.removeLast()
      if frame.isObject { sortMembers(of: frame) }
      bytes.append(UInt8(ascii: frame.isObject ? "}" : "]"))
    }
  }

  /// By their keys; of a key that was written twice the last stays.
  private func sortMembers(of frame: Frame) {
    let own = members[frame.firstMember...]
    defer { members.removeSubrange(frame.firstMember...) }
    let isSorted = zip(own, own.dropFirst()).allSatisfy { $0.key < $1.key }
    if isSorted { return }
    let end = bytes.count
    let order = own.indices.sorted { (own[$0].key, $0) < (own[$1].key, $1) }
    let text = bytes[(frame.start + 1)...]
    var sorted: [UInt8] = []
    sorted.reserveCapacity(text.count)
    for (position, index) in order.enumerated() {
      if position + 1 < order.count, own[order[position + 1]].key == own[index].key { continue }
      if !sorted.isEmpty { sorted.append(UInt8(ascii: ",")) }
      sorted += text[own[index].start..<(index + 1 < own.endIndex ? own[index + 1].start - 1 : end)]
    }
    bytes.replaceSubrange((frame.start + 1)..., with: sorted)
  }

  // MARK: Values

  /// Writes a value where the structure is open down to a depth.
  func value(_ value: some Encodable, at depth: Int) throws {
    let start = bytes.count
    try value.encode(to: JSONLineEncoder(writer: self, depth: depth))
    close(to: depth)
    // What encodes nothing is an object without members.
    if bytes.count == start { bytes += "{}".utf8 }
  }

  func null() { bytes += "null".utf8 }

  func bool(_ value: Bool) { bytes += (value ? "true" : "false").utf8 }

  func integer(_ value: some BinaryInteger) { bytes += "\(value)".utf8 }

  /// The shortest text that reads back as the same number.
  func number(_ value: some BinaryFloatingPoint & LosslessStringConvertible) throws {
    guard value.isFinite else {
      throw EncodingError.invalidValue(
        value, .init(codingPath: codingPath, debugDescription: "JSON has no number \(value)"))
    }
    let text = value.description.utf8
    bytes += text.suffix(2).elementsEqual(".0".utf8) ? text.dropLast(2) : text[...]
  }

  func string(_ text: String) {
    let isPlain = text.utf8.allSatisfy { $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
    guard isPlain else {
      bytes += text.jsonQuoted(asASCII: false).utf8
      return
    }
    bytes.append(UInt8(ascii: "\""))
    bytes += text.utf8
    bytes.append(UInt8(ascii: "\""))
  }
}

/// A place on the way to a value.
struct JSONLineKey: CodingKey {
  let stringValue: String
  let intValue: Int?

  init(stringValue: String) { (self.stringValue, intValue) = (stringValue, nil) }
  init(intValue: Int) { (stringValue, self.intValue) = ("\(intValue)", intValue) }
}
