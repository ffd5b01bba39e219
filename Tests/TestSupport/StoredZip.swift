import Foundation

/// The entries of a zip archive that are stored without compression, read from the mapped file.
///
/// Knows the central directory in both its sizes (ZIP64 for more than 65,535 entries); entries that are compressed,
/// encrypted or of 4 GB and more are refused when they are read.
package struct StoredZip: Sendable {
  /// What is wrong with an archive.
  package enum Failure: Error, Equatable, CustomStringConvertible {
    case notAnArchive
    case truncated(offset: Int, wanted: Int, size: Int)
    case badSignature(offset: Int)
    case noSuchEntry(String)
    case unsupported(entry: String, reason: String)

    package var description: String {
      switch self {
      case .notAnArchive: "no end of a zip archive's directory was found"
      case .truncated(let offset, let wanted, let size):
        "the archive ends at byte \(size), \(wanted) bytes were expected at \(offset)"
      case .badSignature(let offset): "no zip record at byte \(offset)"
      case .noSuchEntry(let name): "the archive has no entry '\(name)'"
      case .unsupported(let entry, let reason): "'\(entry)' \(reason)"
      }
    }
  }

  private struct Entry {
    let flags: UInt16
    let method: UInt16
    let storedSize: UInt32
    let size: UInt32
    let headerOffset: UInt32
  }

  private let data: Data
  private let entries: [String: Entry]

  /// The names of all entries in the order of their bytes.
  package let names: [String]

  package init(contentsOf url: URL) throws {
    try self.init(data: Data(contentsOf: url, options: .mappedIfSafe))
  }

  package init(data: Data) throws {
    self.data = data
    var names: [String] = []
    var entries: [String: Entry] = [:]
    try data.withUnsafeBytes { buffer in
      let bytes = Bytes(buffer: buffer)
      var (count, offset) = try Self.directory(bytes)
      while count > 0 {
        guard try bytes.word(at: offset) == 0x0201_4b50 else { throw Failure.badSignature(offset: offset) }
        let nameLength = Int(try bytes.half(at: offset + 28))
        let tail = Int(try bytes.half(at: offset + 30)) + Int(try bytes.half(at: offset + 32))
        let name = String(decoding: try bytes.slice(at: offset + 46, count: nameLength), as: UTF8.self)
        entries[name] = Entry(
          flags: try bytes.half(at: offset + 8), method: try bytes.half(at: offset + 10),
          storedSize: try bytes.word(at: offset + 20), size: try bytes.word(at: offset + 24),
          headerOffset: try bytes.word(at: offset + 42))
        names.append(name)
        offset += 46 + nameLength + tail
        count -= 1
      }
    }
    self.entries = entries
    self.names = names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// The bytes of the entry `name`.
  package func bytes(of name: String) throws -> [UInt8] {
    guard let entry = entries[name] else { throw Failure.noSuchEntry(name) }
    guard entry.flags & 1 == 0 else { throw Failure.unsupported(entry: name, reason: "is encrypted") }
    guard entry.method == 0, entry.storedSize == entry.size else {
      throw Failure.unsupported(entry: name, reason: "is compressed (method \(entry.method))")
    }
    guard entry.size != .max, entry.headerOffset != .max else {
      throw Failure.unsupported(entry: name, reason: "lies beyond 4 GB")
    }
    return try data.withUnsafeBytes { buffer in
      let bytes = Bytes(buffer: buffer)
      let header = Int(entry.headerOffset)
      guard try bytes.word(at: header) == 0x0403_4b50 else { throw Failure.badSignature(offset: header) }
      // The local header's own extra field may differ from the directory's.
      let start = header + 30 + Int(try bytes.half(at: header + 26)) + Int(try bytes.half(at: header + 28))
      return [UInt8](try bytes.slice(at: start, count: Int(entry.size)))
    }
  }

  /// The number of entries and the offset of the first, from the record at the end of the archive.
  private static func directory(_ bytes: Bytes) throws -> (count: Int, offset: Int) {
    let size = bytes.buffer.count
    var end = size - 22
    // A comment of up to 65,535 bytes may follow the record; its length says which signature is the real one.
    while end >= max(0, size - 22 - 65535) {
      if try bytes.word(at: end) == 0x0605_4b50, try end + 22 + Int(bytes.half(at: end + 20)) == size {
        break
      }
      end -= 1
    }
    guard end >= max(0, size - 22 - 65535) else { throw Failure.notAnArchive }
    guard end >= 20, try bytes.word(at: end - 20) == 0x0706_4b50 else {
      return (Int(try bytes.half(at: end + 10)), Int(try bytes.word(at: end + 16)))
    }
    let record = try bytes.long(at: end - 12)
    guard try bytes.word(at: record) == 0x0606_4b50 else { throw Failure.badSignature(offset: record) }
    return (try bytes.long(at: record + 32), try bytes.long(at: record + 48))
  }
}

/// Little-endian numbers at offsets that are checked.
private struct Bytes {
  let buffer: UnsafeRawBufferPointer

  func slice(at offset: Int, count: Int) throws -> Slice<UnsafeRawBufferPointer> {
    guard offset >= 0, offset <= buffer.count, count >= 0, count <= buffer.count - offset else {
      throw StoredZip.Failure.truncated(offset: offset, wanted: count, size: buffer.count)
    }
    return buffer[offset..<(offset + count)]
  }

  func half(at offset: Int) throws -> UInt16 { try number(at: offset) }
  func word(at offset: Int) throws -> UInt32 { try number(at: offset) }

  /// A 64-bit offset or count; those beyond the file are told apart by the next read.
  func long(at offset: Int) throws -> Int {
    let value: UInt64 = try number(at: offset)
    return Int(clamping: min(value, UInt64(buffer.count)))
  }

  private func number<Number: FixedWidthInteger>(at offset: Int) throws -> Number {
    _ = try slice(at: offset, count: MemoryLayout<Number>.size)
    return Number(littleEndian: buffer.loadUnaligned(fromByteOffset: offset, as: Number.self))
  }
}
