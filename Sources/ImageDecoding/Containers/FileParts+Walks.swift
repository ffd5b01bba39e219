extension FileParts {
  mutating func walkJPEG() {
    append("SOI", 0..<Swift.min(2, bytes.count))
    var segments = JPEGSegments(bytes, limits: Self.unbounded, endsWithImage: true)
    do throws(ImageError) {
      while let segment = try segments.next() {
        let content = segments.position - segment.bytes.count..<segments.position
        if segment.code == 0xDA { _ = segments.skipScan() }
        // Bytes between segments belong to none.
        let isMore = append(
          Self.name(ofMarker: segment.code), segment.start..<segments.position, content: content)
        if !isMore { return }
      }
      if let imageEnd = segments.imageEnd { append("EOI", imageEnd - 2..<imageEnd) }
    } catch {
      problem = "\(error)"
    }
  }

  private static func name(ofMarker code: Int) -> String {
    switch code {
    case 0xC4: "DHT"
    case 0xCC: "DAC"
    case 0xC0...0xCF: "SOF\(code - 0xC0)"
    case 0xDA: "SOS"
    case 0xDB: "DQT"
    case 0xDC: "DNL"
    case 0xDD: "DRI"
    case 0xDE: "DHP"
    case 0xDF: "EXP"
    case 0xE0...0xEF: "APP\(code - 0xE0)"
    default: "COM"
    }
  }

  mutating func walkPNG() {
    append("PNGh", 0..<Swift.min(8, bytes.count))
    var chunks = PNGChunks(bytes, limits: Self.unbounded)
    do throws(ImageError) {
      while true {
        let chunk = try chunks.next()
        let content = chunk.start..<chunk.start + (try chunks.data(of: chunk)).count
        chunks.skip(4)  // The checksum.
        guard append(chunk.type, chunk.start - 8..<chunks.reader.position, content: content) else { return }
        if chunk.type == "IEND" { return }
      }
    } catch {
      problem = "\(error)"
    }
  }

  mutating func walkWebP() {
    append("WEBP", 0..<Swift.min(12, bytes.count))
    for chunk in RIFFChunks(available: bytes) {
      let start = chunk.start + 8
      guard chunk.bytes.count == chunk.length else {
        problem = "the chunk \(chunk.type) is incomplete"
        return
      }
      let content = start..<start + chunk.length
      let padded = Swift.min(content.upperBound + chunk.length % 2, bytes.count)
      guard append(chunk.type, chunk.start..<padded, content: content) else { return }
    }
    let declared = RIFFChunks.declaredEnd(of: bytes) ?? 0
    if declared > bytes.count { problem = "its header declares \(declared) bytes" }
  }

  mutating func walkTIFF() {
    end = bytes.count
    guard let fields = TIFFFields(bytes, takesBig: true) else { return }
    var next = fields.firstDirectory
    var seen: Set<Int> = []
    while let directory = next, directory != 0 {
      guard seen.insert(directory).inserted else {
        problem = "the list of directories returns to the one at \(directory)"
        break
      }
      guard directory <= bytes.count - 2 else {
        problem = "a directory lies beyond the end"
        break
      }
      guard append("IFD", directory..<directory + 2) else { break }
      next = fields.directory(after: directory)
    }
    end = bytes.count
  }

  mutating func walkBoxes(hasItems: Bool) {
    var boxes = ISOBoxes(bytes)
    while let box = boxes.next() {
      guard append(box.type, box.start..<box.end, content: box.contentStart..<box.end) else { return }
    }
    if boxes.isTruncated { problem = "a box is incomplete" }
    guard hasItems else { return }
    do throws(ImageError) {
      let metadata = try HEIFMetadata(bytes, limits: Self.unbounded)
      for (item, type) in metadata.types.sorted(by: { $0.key < $1.key })
      where ["Exif", "mime"].contains(type) {
        guard let base = bytes.baseAddress else { continue }
        let pieces = try metadata.data(of: item).map { piece -> Range<Int> in
          let start = piece.baseAddress.map { $0 - base } ?? 0
          return start..<start + piece.count
        }
        items.append(Item(type: type, contentType: metadata.contentTypes[item], pieces: pieces))
      }
    } catch {
      problem = problem ?? "\(error)"
    }
  }
}
