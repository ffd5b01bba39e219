/// One chunk of a PNG: where it lies in the file. The type is four ASCII letters or digits.
package struct PNGChunk {
  package let type: String
  /// The position of the first byte of the data.
  package let start: Int
  /// The length that the chunk declares, which may reach past the end of the file.
  package let length: Int
}

/// The chunks of a PNG, walked as Pillow's `ChunkStream` does.
package struct PNGChunks {
  package var reader: ByteReader
  private let limits: DecodeLimits
  private var metadataBytes = 0

  /// - Parameters:
  ///   - bytes: A file that begins with the signature.
  ///   - limits: `metadataBytes` bounds all that `metadata(of:)` gives.
  package init(_ bytes: UnsafeRawBufferPointer, limits: DecodeLimits) {
    reader = ByteReader(bytes, position: 8)
    self.limits = limits
  }

  /// The next chunk's header, or an error when there is none. Its data, its checksum and what else stands before the next
  /// header are the caller's to read or to skip.
  package mutating func next() throws(ImageError) -> PNGChunk {
    guard let length = reader.readUInt32(), let name = reader.read(4) else {
      throw .truncated(format: .png, detail: "it ends between two chunks")
    }
    guard name.allSatisfy(Self.isNameByte) else {
      throw .corrupt(format: .png, detail: "a chunk has no valid type")
    }
    return PNGChunk(
      type: String(decoding: name, as: UTF8.self), start: reader.position, length: length)
  }

  /// The data of `chunk`, whose header has just been read.
  package mutating func data(of chunk: PNGChunk) throws(ImageError) -> UnsafeRawBufferPointer {
    guard let data = reader.read(chunk.length) else {
      throw .truncated(format: .png, detail: "the chunk \(chunk.type) is incomplete")
    }
    return data
  }

  /// The same of a chunk that is no image data.
  package mutating func metadata(of chunk: PNGChunk) throws(ImageError) -> UnsafeRawBufferPointer {
    metadataBytes += chunk.length + 12
    try limits.check(metadataBytes: metadataBytes)
    return try data(of: chunk)
  }

  /// Steps over up to `count` bytes.
  package mutating func skip(_ count: Int) {
    reader.position = Swift.min(reader.bytes.count, reader.position + count)
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
      true
    default:
      false
    }
  }
}
