import Platform
import TensorCore

/// One file of a packed cache: the packed weights of one model for one kernel level, precision and version.
///
/// A header of whole pages, then the arena as it lies in memory:
///
/// | offset | |
/// |---|---|
/// | 0 | `AIGPACK` and a zero |
/// | 8 | UInt64: length of the header |
/// | 16 | UInt64: length of the arena |
/// | 24 | UInt64: checksum of the arena |
/// | 32 | UInt64: checksum of the header, with zeros here |
/// | 40 | text that says what the arena holds; zeros to the end of the header |
///
/// The text is never parsed. Whoever opens the file knows what it must say, and compares.
package struct PackedCacheFile {
  private let cache: PackedCache
  private let name: String
  private let description: [UInt8]

  private static let magic: [UInt8] = Array("AIGPACK\0".utf8)
  private static let textOffset = 40
  private static let page = 4096

  /// - Parameters:
  ///   - sha256: The hash of the weights file.
  ///   - version: That of the library.
  ///   - matrices: What lies in the arena.
  /// - Throws: `TensorError.outOfMemory`.
  package init(
    _ cache: PackedCache, sha256: String, version: String, kernels: Kernels, precision: Precision,
    matrices: [PackedMatrix]
  ) throws {
    self.cache = cache
    name = "\(sha256)-\(kernels.level.rawValue)-\(precision.rawValue)-\(version).packed"
    var lines = [
      "model \(sha256)", "kernels \(kernels.level.rawValue)", "precision \(precision.rawValue)",
      "version \(version)",
    ]
    for precision in Precision.allCases {
      lines.append(
        "packing \(precision.rawValue) \(String(try kernels.packingFingerprint(precision), radix: 16))")
    }
    for matrix in matrices {
      lines.append(
        "matrix \(matrix.offset) \(matrix.byteCount) \(matrix.rows) \(matrix.columns) "
          + matrix.precision.rawValue)
    }
    description = Array(lines.joined(separator: "\n").utf8)
  }

  private var path: String { cache.path(of: name) }

  /// Gives the arena the file's packed weights, if there is such a file.
  ///
  /// - Returns: Whether there is one.
  /// - Throws: Why the one that is there cannot be used.
  package func fill(_ arena: PackedArena, _ budget: ComputeBudget) throws(PackedCacheProblem) -> Bool {
    guard let file = try cache.open(name) else { return false }
    let header = header(payload: arena.byteCount, checksum: 0)
    let expected = header.count + arena.byteCount
    guard file.byteCount == expected else {
      throw .damaged(path: path, part: .length(expected: expected, found: file.byteCount))
    }
    let mapped: MappedFile
    do throws(FileError) { mapped = try MappedFile(file) } catch { throw .file(error) }
    guard let base = mapped.bytes.baseAddress else { return false }

    let found = Array(mapped.bytes[..<header.count])
    let checksum = Self.field(24, of: found)
    guard found == sealed(found) else { throw .damaged(path: path, part: .header) }
    guard found == self.header(payload: arena.byteCount, checksum: checksum) else {
      throw .mismatched(path: path)
    }
    let payload = UnsafeRawBufferPointer(rebasing: mapped.bytes[header.count...])
    guard Checksum64.of(payload, budget: budget) == checksum else {
      throw .damaged(path: path, part: .weights)
    }
    arena.adopt(base + header.count, owner: mapped)
    return true
  }

  /// Writes the arena to the file.
  package func write(_ arena: PackedArena, _ budget: ComputeBudget) throws(PackedCacheProblem) {
    try arena.withBytes { payload throws(PackedCacheProblem) in
      let header = header(payload: payload.count, checksum: Checksum64.of(payload, budget: budget))
      try header.withUnsafeBufferPointer { header throws(PackedCacheProblem) in
        try cache.write([UnsafeRawBufferPointer(header), payload], to: name)
      }
    }
  }

  private func header(payload: Int, checksum: UInt64) -> [UInt8] {
    let byteCount = (Self.textOffset + description.count + Self.page - 1) / Self.page * Self.page
    var header = Self.magic
    for field in [UInt64(byteCount), UInt64(payload), checksum, 0] { header += Self.bytes(of: field) }
    header += description
    header += [UInt8](repeating: 0, count: byteCount - header.count)
    return sealed(header)
  }

  /// The header with its own checksum in its place.
  private func sealed(_ header: [UInt8]) -> [UInt8] {
    var header = header
    header.replaceSubrange(32..<40, with: Self.bytes(of: 0))
    let checksum = header.withUnsafeBytes(Checksum64.sum)
    header.replaceSubrange(32..<40, with: Self.bytes(of: checksum))
    return header
  }

  private static func bytes(of field: UInt64) -> [UInt8] {
    withUnsafeBytes(of: field.littleEndian) { Array($0) }
  }

  private static func field(_ offset: Int, of header: [UInt8]) -> UInt64 {
    header[offset..<offset + 8].littleEndianInteger
  }
}
