internal import CImageCodecs

extension ImageDecoder {
  static func decodePNG(
    _ bytes: UnsafeRawBufferPointer, limits: DecodeLimits
  ) throws(ImageError) -> DecodedImage {
    var reader = PNGChunkReader(bytes, position: 8)
    var header = PNGHeader(limits: limits)
    let firstLength = try readToImageData(&header, &reader)
    guard let layout = header.layout, let mode = layout.mode else {
      throw .unsupportedVariant(format: .png, detail: "no known combination of colour type and bit depth")
    }
    let region = header.frame ?? PNGHeader.Region(width: header.width, height: header.height)
    guard header.width > 0, header.height > 0, region.width > 0, region.height > 0,
      region.x + region.width <= header.width, region.y + region.height <= header.height
    else {
      throw .corrupt(format: .png, detail: "the size \(region.width) x \(region.height) has no pixels")
    }
    // libpng holds a few rows of at most eight bytes a pixel, zlib its window and tables.
    try limits.check(intermediateBytes: 4 * 8 * (region.width + 64) + 65536)
    let palette = try PNGPalette(header)
    let storage = try allocate(width: header.width, height: header.height, format: .png)
    if region.width < header.width || region.height < header.height {
      palette.paintBackground(storage, isIndexed: mode == "P")
    }
    let decoder = try PNGRowDecoder(
      header: header, layout: layout, region: region, palette: palette, storage: storage, limits: limits)
    try decoder.decode(&header, &reader, firstLength: firstLength)
    try readToEnd(&header, &reader)
    let image = RGBImage(width: header.width, height: header.height, storage: storage)
    return DecodedImage(format: .png, mode: mode, image: image)
  }

  /// Reads every chunk before the image data, whose first chunk's length it returns.
  private static func readToImageData(
    _ header: inout PNGHeader, _ reader: inout PNGChunkReader
  ) throws(ImageError) -> Int {
    while true {
      let chunk = try reader.next()
      switch try header.handle(chunk, &reader) {
      case .read(let data): try reader.verify(chunk, data)
      case .imageData(let length): return length
      case .end: throw .corrupt(format: .png, detail: "there is no image data")
      }
    }
  }

  /// Reads what follows the image data. The image is there, but Pillow still refuses a file in which a
  /// later chunk is cut or malformed; a wrong checksum or a missing end does not matter any more.
  private static func readToEnd(
    _ header: inout PNGHeader, _ reader: inout PNGChunkReader
  ) throws(ImageError) {
    // An animation is read no further than its second frame.
    let isAnimated = header.isAnimated
    while true {
      reader.skip(4)  // The checksum of the chunk before.
      let chunk: PNGChunk
      do {
        chunk = try reader.next()
      } catch {
        return
      }
      if isAnimated, chunk.type == "fcTL" { return }
      switch try header.handle(chunk, &reader) {
      case .end:
        return
      case .read:
        break
      case .imageData(let length):
        _ = try reader.data(of: PNGChunk(type: chunk.type, start: reader.reader.position, length: length))
      }
    }
  }
}

/// The 256 colours of an indexed image, or fewer.
struct PNGPalette {
  let colors: [UInt8]

  init(_ header: PNGHeader) throws(ImageError) {
    guard let stored = header.palette else {
      // Pillow's palette before a file sets one is a ramp of greys.
      colors = (0..<256).flatMap { [UInt8($0), UInt8($0), UInt8($0)] }
      return
    }
    guard stored.count / 3 <= 256 else {
      throw .corrupt(format: .png, detail: "the palette has \(stored.count / 3) colours")
    }
    colors = Array(stored.prefix(stored.count / 3 * 3))
  }

  /// Fills the part of the image that no frame covers: index 0 of an indexed image, else black.
  func paintBackground(_ storage: PixelStorage, isIndexed: Bool) {
    storage.buffer.initializeMemory(as: UInt8.self, repeating: 0)
    guard isIndexed, colors.count >= 3 else { return }
    for position in stride(from: 0, to: storage.count, by: 3) {
      for channel in 0..<3 { storage.base[position + channel] = colors[channel] }
    }
  }
}

/// Owns the codec's decoder and feeds it the compressed data, chunk by chunk.
private final class PNGRowDecoder {
  private let decoder: OpaquePointer
  private let limits: DecodeLimits
  private let storage: PixelStorage

  init(
    header: PNGHeader, layout: PNGLayout, region: PNGHeader.Region, palette: PNGPalette,
    storage: PixelStorage, limits: DecodeLimits
  ) throws(ImageError) {
    self.limits = limits
    self.storage = storage
    let stride = header.width * 3
    let origin = storage.base + region.y * stride + region.x * 3
    var result = cic_result()
    // A layout's palette has no more entries than its indices can name.
    let entries = Swift.min(palette.colors.count / 3, 1 << Swift.min(layout.bitDepth, 8))
    let opened = palette.colors.withUnsafeBufferPointer { colors in
      var request = cic_png_header(
        width: UInt32(clamping: region.width), height: UInt32(clamping: region.height),
        bit_depth: UInt8(clamping: layout.bitDepth), color_type: UInt8(clamping: layout.colorType),
        interlaced: header.isInterlaced ? 1 : 0, palette: colors.baseAddress, palette_entries: entries)
      return cic_png_open(&request, origin, stride, &result)
    }
    guard let opened else {
      throw result.imageError(format: .png, limits: limits, size: storage.count)
        ?? .corrupt(format: .png, detail: "the codec refused the header")
    }
    decoder = opened
  }

  deinit { cic_png_close(decoder) }

  /// Decodes up to the last row. Afterwards the reader stands behind the chunk that completed it.
  func decode(
    _ header: inout PNGHeader, _ reader: inout PNGChunkReader, firstLength: Int
  ) throws(ImageError) {
    var length = firstLength
    while true {
      let available = Swift.min(length, reader.reader.remaining)
      if available > 0, let data = reader.reader.read(available), try feed(data) { return }
      guard available == length else { throw Self.cut }
      reader.skip(4)
      let chunk = try reader.next()
      switch chunk.type {
      case "IDAT", "DDAT": length = chunk.length
      case "fdAT": length = try header.beginFrameData(chunk, &reader)
      default: throw Self.cut
      }
    }
  }

  private static let cut = ImageError.truncated(format: .png, detail: "the image data is incomplete")

  private func feed(_ data: UnsafeRawBufferPointer) throws(ImageError) -> Bool {
    var result = cic_result()
    let progress = cic_png_feed(decoder, data.bindMemory(to: UInt8.self).baseAddress, data.count, &result)
    if progress < 0, let error = result.imageError(format: .png, limits: limits, size: storage.count) {
      throw error
    }
    return progress > 0
  }
}
