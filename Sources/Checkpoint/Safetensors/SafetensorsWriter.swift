import JSONText
import Platform
import TensorCore

/// A tensor that is to be written.
struct TensorToWrite {
  let name: String
  let dtype: DType
  let shape: [Int]
  /// Calls its argument with the elements, little-endian, in order and in blocks.
  let forEachBlock: ((UnsafeRawBufferPointer) throws -> Void) throws -> Void

  /// The number of elements. An empty tensor may have other extents of any size.
  var count: Int { shape.contains(0) ? 0 : shape.reduce(1, *) }

  /// The length in bytes, of types of whole bytes.
  var byteCount: Int { count * (dtype.bitWidth / 8) }
}

/// Writes safetensors files as the reference implementation does: byte for byte the same for the same tensors.
enum SafetensorsWriter {
  /// The reference's order of element types, which its writer sorts by, the largest first.
  private static let order: [DType] = [
    .bool, .float4, .float6E2M3, .float6E3M2, .uint8, .int8, .float8E5M2, .float8E4M3, .float8E8M0,
    .float8E4M3FNUZ, .float8E5M2FNUZ, .int16, .uint16, .float16, .bfloat16, .int32, .uint32, .float32,
    .complex64, .float64, .int64, .uint64,
  ]

  /// Writes a file under its temporary name, and finishes it.
  ///
  /// - Parameter metadata: The strings under `__metadata__`.
  /// - Returns: The file, which has yet to get its name.
  /// - Throws: `FileError`, or what reading the tensors throws.
  static func write(
    _ tensors: [TensorToWrite], metadata: [String: String], to path: String
  ) throws -> OutputFile {
    let sorted = tensors.sorted { left, right in
      let (first, second) = (rank(left.dtype), rank(right.dtype))
      return first == second
        ? Array(left.name.utf8).lexicographicallyPrecedes(Array(right.name.utf8)) : first > second
    }
    let file = try OutputFile(replacing: path, permissions: OutputFile.publicPermissions)
    try file.write(beginning(sorted, metadata: metadata))
    for tensor in sorted {
      var count = 0
      try tensor.forEachBlock { block in
        try file.write(block)
        count += block.count
      }
      // A source that gives another number of bytes than it said would make a file that nobody can read.
      guard count == tensor.byteCount else {
        throw CheckpointError(
          file: path,
          problem: .sizeMismatch(
            key: tensor.name, declared: UInt64(tensor.byteCount), needed: UInt64(count)))
      }
    }
    try file.finish()
    return file
  }

  /// What stands before the tensors' bytes: the length of the header and the header.
  static func beginning(_ tensors: [TensorToWrite], metadata: [String: String]) -> [UInt8] {
    let header = header(tensors, metadata: metadata)
    return (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) } + header
  }

  private static func rank(_ dtype: DType) -> Int { order.firstIndex(of: dtype) ?? 0 }

  private static func header(_ tensors: [TensorToWrite], metadata: [String: String]) -> [UInt8] {
    var parts: [String] = []
    if !metadata.isEmpty {
      let members = metadata.sorted { $0.key < $1.key }.map { key, value in
        "\(key.jsonQuoted(asASCII: false)):\(value.jsonQuoted(asASCII: false))"
      }
      parts.append("\"__metadata__\":{\(members.joined(separator: ","))}")
    }
    var offset = 0
    for tensor in tensors {
      let end = offset + tensor.byteCount
      let shape = tensor.shape.map(String.init).joined(separator: ",")
      parts.append(
        "\(tensor.name.jsonQuoted(asASCII: false)):{\"dtype\":\"\(tensor.dtype.safetensorsName)\",\"shape\":[\(shape)],"
          + "\"data_offsets\":[\(offset),\(end)]}")
      offset = end
    }
    var header = Array("{\(parts.joined(separator: ","))}".utf8)
    while !header.count.isMultiple(of: 8) { header.append(UInt8(ascii: " ")) }
    return header
  }
}
