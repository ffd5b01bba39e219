/// The chunks of a RIFF file, one level of them.
package struct RIFFChunks: Sequence, IteratorProtocol {
  package struct Chunk {
    /// Four characters.
    package let type: String
    /// Where in the file it begins.
    package let start: Int
    /// The length that it declares.
    package let length: Int
    /// Its content, as far as it is there.
    package let bytes: UnsafeRawBufferPointer
  }

  private var reader: ByteReader

  /// - Parameter file: A file with all that its header declares. What stands behind that is no part of it.
  ///
  /// - Returns: Nil where there is less than the file declares.
  package init?(_ file: UnsafeRawBufferPointer) {
    guard let end = Self.declaredEnd(of: file), end <= file.count else { return nil }
    reader = ByteReader(UnsafeRawBufferPointer(rebasing: file[..<end]), position: 12)
  }

  /// - Parameter file: A file that may be shorter than it declares.
  package init(available file: UnsafeRawBufferPointer) {
    let end = Swift.min(Self.declaredEnd(of: file) ?? 0, file.count)
    reader = ByteReader(UnsafeRawBufferPointer(rebasing: file[..<end]), position: 12)
  }

  /// Where a file ends, as its header says.
  package static func declaredEnd(of file: UnsafeRawBufferPointer) -> Int? {
    file.integer(at: 4, bytes: 4, .little).map { 8 + $0 }
  }

  package mutating func next() -> Chunk? {
    let start = reader.position
    guard let name = reader.read(4), let length = reader.readUInt32(.little) else { return nil }
    let bytes = reader.read(Swift.min(length, reader.remaining)) ?? .init(start: nil, count: 0)
    // Odd ones are padded; behind one that is cut there is nothing.
    if bytes.count < length || length % 2 == 1 && reader.read(1) == nil {
      reader.position = reader.bytes.count
    }
    return Chunk(type: String(decoding: name, as: UTF8.self), start: start, length: length, bytes: bytes)
  }
}
