#if PNG
  /// Where in the file the parser stands at a chunk of image data, of which `length` bytes are left.
  struct PNGDataPosition {
    var header: PNGHeader
    var chunks: PNGChunks
    var length: Int

    /// Gives the data to `feed`, chunk by chunk, until it answers true. Then this stands behind the last chunk
    /// that was given.
    ///
    /// - Returns: `nil`, or why there is no more data although `feed` wants some.
    /// - Throws: What `feed` throws.
    mutating func walk(
      _ feed: (UnsafeRawBufferPointer) throws(ImageError) -> Bool
    ) throws(ImageError) -> ImageError? {
      while true {
        let available = Swift.min(length, chunks.reader.remaining)
        if available > 0, let data = chunks.reader.read(available), try feed(data) { return nil }
        guard available == length else { return Self.cut }
        do throws(ImageError) {
          try enterNextChunk()
        } catch {
          return error
        }
      }
    }

    private mutating func enterNextChunk() throws(ImageError) {
      chunks.skip(4)  // The checksum, which the reference does not look at either.
      let chunk = try chunks.next()
      switch chunk.type {
      case "IDAT", "DDAT": length = chunk.length
      case "fdAT": length = try header.beginFrameData(chunk, &chunks)
      default: throw Self.cut
      }
    }

    private static let cut = ImageError.truncated(format: .png, detail: "the image data is incomplete")
  }
#endif
