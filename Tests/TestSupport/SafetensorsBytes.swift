/// The bytes of a safetensors file, put together by hand.
package struct SafetensorsBytes {
  /// One tensor of a file.
  package struct Entry {
    package var name: String
    /// The element type as the format spells it.
    package var dtype: String
    package var shape: [Int]
    package var data: [UInt8]

    package init(name: String, dtype: String, shape: [Int], data: [UInt8]) {
      self.name = name
      self.dtype = dtype
      self.shape = shape
      self.data = data
    }
  }

  /// The file of these tensors, in this order.
  package static func file(_ entries: [Entry]) -> [UInt8] {
    var offset = 0
    let described = entries.map { entry in
      defer { offset += entry.data.count }
      return "\"\(entry.name)\":{\"dtype\":\"\(entry.dtype)\",\"shape\":\(entry.shape),"
        + "\"data_offsets\":[\(offset),\(offset + entry.data.count)]}"
    }
    let header = Array("{\(described.joined(separator: ","))}".utf8)
    let length = (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) }
    return length + header + entries.flatMap(\.data)
  }
}
