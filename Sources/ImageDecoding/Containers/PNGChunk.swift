#if PNG
  internal import CImageCodecs

  /// One chunk of a PNG: where it lies in the file. The type is four ASCII letters or digits.
  struct PNGChunk {
    let type: String
    /// The position of the first byte of the data.
    let start: Int
    /// The length that the chunk declares, which may reach past the end of the file.
    let length: Int
  }

  /// Reads chunks as Pillow's `ChunkStream` does.
  struct PNGChunkReader {
    var reader: ByteReader

    init(_ bytes: UnsafeRawBufferPointer, position: Int) {
      reader = ByteReader(bytes, position: position)
    }

    /// The next chunk's header, or an error when there is none.
    mutating func next() throws(ImageError) -> PNGChunk {
      guard let length = reader.read(4)?.integer(at: 0, bytes: 4), let name = reader.read(4) else {
        throw .truncated(format: .png, detail: "it ends between two chunks")
      }
      guard name.allSatisfy(Self.isNameByte) else {
        throw .corrupt(format: .png, detail: "a chunk has no valid type")
      }
      return PNGChunk(
        type: String(decoding: name, as: UTF8.self), start: reader.position, length: length)
    }

    /// The data of `chunk`, whose header has just been read.
    mutating func data(of chunk: PNGChunk) throws(ImageError) -> UnsafeRawBufferPointer {
      guard let data = reader.read(chunk.length) else {
        throw .truncated(format: .png, detail: "the chunk \(chunk.type) is incomplete")
      }
      return data
    }

    /// Reads the checksum behind `data` and compares.
    mutating func verify(_ chunk: PNGChunk, _ data: UnsafeRawBufferPointer) throws(ImageError) {
      guard let stored = reader.read(4)?.integer(at: 0, bytes: 4) else {
        throw .truncated(format: .png, detail: "the checksum of the chunk \(chunk.type) is incomplete")
      }
      let type = Array(chunk.type.utf8)
      let seed = cic_crc32(0, type, type.count)
      guard Int(cic_crc32(seed, data.bindMemory(to: UInt8.self).baseAddress, data.count)) == stored else {
        throw .corrupt(format: .png, detail: "the checksum of the chunk \(chunk.type) is wrong")
      }
    }

    /// Steps over up to `count` bytes.
    mutating func skip(_ count: Int) {
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
#endif
