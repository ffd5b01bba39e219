extension FileParts {
  mutating func walkGIF() {
    append(String(decoding: bytes.prefix(6), as: UTF8.self), 0..<Swift.min(6, bytes.count))
    var blocks = GIFBlocks(bytes, limits: Self.unbounded)
    do throws(ImageError) {
      let flags = try blocks.read(7)[4]
      try blocks.skipPalette(flags)
      append("LSD", 6..<blocks.reader.position)
      while let part = try blocks.nextPart() {
        guard append(part.name, part.range, content: part.content) else { return }
      }
    } catch {
      problem = "\(error)"
    }
  }
}

extension GIFBlocks {
  /// Passes over the palette that the flags before it announce.
  mutating func skipPalette(_ flags: UInt8) throws(ImageError) {
    if flags & 0x80 != 0 { _ = try read(3 << (Int(flags & 7) + 1)) }
  }

  /// The next extension, image descriptor, data of an image or end of file, whole; nil behind that end.
  ///
  /// Unlike Pillow's `nextExtension` it goes by the format: every sequence of blocks ends with the empty one.
  mutating func nextPart() throws(ImageError) -> FileParts.Part? {
    if isBeforeData {
      isBeforeData = false
      let start = reader.position
      _ = try readUInt8()  // The size of codes.
      try skipBlocks()
      return FileParts.Part(name: "TBID", range: start..<reader.position, content: start..<reader.position)
    }
    guard let (byte, start) = try nextPartStart() else { return nil }
    switch byte {
    case 0x3B:
      return FileParts.Part(name: "3B", range: start..<start + 1, content: start..<start + 1)
    case 0x21:
      let label = try readUInt8()
      let content = reader.position
      try skipBlocks()
      let digits = String(label, radix: 16, uppercase: true)
      return FileParts.Part(
        name: "21" + (digits.count < 2 ? "0" : "") + digits, range: start..<reader.position,
        content: content..<reader.position)
    default:
      let flags = try read(9)[8]
      try skipPalette(flags)
      isBeforeData = true
      return FileParts.Part(name: "2C", range: start..<reader.position, content: start..<reader.position)
    }
  }

  private mutating func nextPartStart() throws(ImageError) -> (byte: Int, start: Int)? {
    while true {
      let start = reader.position
      guard !isBehindEnd, reader.remaining > 0 else { return nil }
      let byte = try readUInt8()
      if [0x21, 0x2C, 0x3B].contains(byte) {
        isBehindEnd = byte == 0x3B
        return (byte, start)
      }
    }
  }

  private mutating func skipBlocks() throws(ImageError) {
    while true {
      let count = try readUInt8()
      if count == 0 { return }
      _ = try read(count)
    }
  }
}
