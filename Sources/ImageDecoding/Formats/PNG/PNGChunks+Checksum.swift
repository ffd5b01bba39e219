#if PNG
  internal import CImageCodecs

  extension PNGChunks {
    /// Reads the checksum behind `data` and compares.
    mutating func verify(_ chunk: PNGChunk, _ data: UnsafeRawBufferPointer) throws(ImageError) {
      guard let stored = reader.readUInt32() else {
        throw .truncated(format: .png, detail: "the checksum of the chunk \(chunk.type) is incomplete")
      }
      let type = Array(chunk.type.utf8)
      let seed = cic_crc32(0, type, type.count)
      guard Int(cic_crc32(seed, data.bindMemory(to: UInt8.self).baseAddress, data.count)) == stored else {
        throw .corrupt(format: .png, detail: "the checksum of the chunk \(chunk.type) is wrong")
      }
    }
  }
#endif
