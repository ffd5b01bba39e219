#if GIF
  internal import CImageCodecs

  /// The first image of a GIF, by the rules of Pillow's reader.
  struct GIFReader: ImageReader {
    static var codec: String? { "own decoder" }

    private let frame: Frame
    private let palette: [UInt8]
    private let transparentIndex: UInt8?
    private let data: ByteReader
    let header: ImageHeader

    /// What stands before the pixels.
    private struct Frame {
      var x = 0
      var y = 0
      var width = 0
      var height = 0
      var isInterlaced = false
      /// The index of the pixels around the frame.
      var background: UInt8 = 0
      var codeBits = 0
    }

    init(_ bytes: UnsafeRawBufferPointer, limits: DecodeLimits) throws(ImageError) {
      var blocks = GIFBlocks(bytes, limits: limits)
      var (width, height) = (try blocks.readUInt16(), try blocks.readUInt16())
      let flags = try blocks.readUInt8()
      _ = try blocks.read(2)
      let colors = flags & 128 != 0 ? Self.palette(try blocks.read(6 << (flags & 7))) : nil
      var frame = Frame()
      transparentIndex = try Self.transparentIndex(&blocks)
      // What is around a frame has the transparent index, or the first one.
      frame.background = transparentIndex ?? 0
      (frame.x, frame.y) = (try blocks.readUInt16(), try blocks.readUInt16())
      (frame.width, frame.height) = (try blocks.readUInt16(), try blocks.readUInt16())
      // A frame that reaches beyond the canvas makes it larger.
      width = Swift.max(width, frame.x + frame.width)
      height = Swift.max(height, frame.y + frame.height)
      try limits.check(width: width, height: height)
      let frameFlags = try blocks.readUInt8()
      frame.isInterlaced = frameFlags & 64 != 0
      var frameColors = colors
      if frameFlags & 128 != 0 { frameColors = Self.palette(try blocks.read(6 << (frameFlags & 7))) }
      frame.codeBits = try blocks.readUInt8()
      guard frame.width > 0, frame.height > 0 else {
        throw .corrupt(format: .gif, detail: "the image of \(frame.width) x \(frame.height) has no pixels")
      }
      // A row of indices, or of an interlaced frame all, and the tables of the decompression.
      try limits.check(intermediateBytes: frame.width * (frame.isInterlaced ? frame.height : 1) + 65536)
      // Before memory is taken for a frame that so little data cannot fill.
      guard
        frame.width * frame.height
          <= LZWDecoder.mostIndices(bytes: blocks.reader.remaining, minimumBits: frame.codeBits)
      else { throw Self.incomplete }
      self.frame = frame
      // Pillow gives a grey frame the colours of the file, if those are no greys.
      palette = (frameColors ?? colors ?? (0..<256).flatMap { [UInt8($0), UInt8($0), UInt8($0)] })
      data = blocks.reader
      header = ImageHeader(
        format: .gif, mode: frameColors == nil ? "L" : "P", width: width, height: height,
        comesFromTop: true)
    }

    /// Of the control blocks before the image, after which the reader stands.
    private static func transparentIndex(_ blocks: inout GIFBlocks) throws(ImageError) -> UInt8? {
      var transparent: UInt8?
      while let block = try blocks.nextExtension() {
        guard block.label == 0xF9, let control = block.first else { continue }
        guard control.count >= 3, control[0] & 1 == 0 || control.count >= 4 else {
          throw .corrupt(format: .gif, detail: "a control block of \(control.count) bytes")
        }
        if control[0] & 1 != 0 { transparent = control[3] }
      }
      return transparent
    }

    /// 256 triples, black where the file has none; nil when the colours are the greys of their indices, which makes
    /// the image a grey one.
    private static func palette(_ bytes: UnsafeRawBufferPointer) -> [UInt8]? {
      if bytes.indices.allSatisfy({ Int(bytes[$0]) == $0 / 3 }) { return nil }
      return Array(bytes) + [UInt8](repeating: 0, count: 768 - bytes.count)
    }

    private static let incomplete = ImageError.truncated(
      format: .gif, detail: "the image data is incomplete")

    func read(into sink: RowSink) throws(ImageError) -> ImageOrientation {
      var palette = palette
      if sink.isOnWhite, let index = transparentIndex {
        palette.replaceSubrange(3 * Int(index)..<3 * Int(index) + 3, with: [255, 255, 255])
      }
      // Rows come in order only where they are not interlaced.
      let held = frame.isInterlaced ? frame.height : 1
      guard let indices = PixelStorage(count: frame.width * held) else {
        throw .outOfMemory(bytes: frame.width * held)
      }
      func row(_ y: Int) -> UnsafeMutableBufferPointer<UInt8> {
        UnsafeMutableBufferPointer(
          start: indices.base + (frame.isInterlaced ? y * frame.width : 0), count: frame.width)
      }
      do throws(LZWDecoder.Failure) {
        var decoder = try LZWDecoder(data, minimumBits: frame.codeBits)
        if frame.isInterlaced {
          for (first, step) in [(0, 8), (4, 8), (2, 4), (1, 2)] {
            for y in stride(from: first, to: frame.height, by: step) { try decoder.read(row(y)) }
          }
        }
        let background = backgroundRow(palette)
        for y in 0..<header.height {
          let to = sink.row(y)
          let isInside = (frame.y..<frame.y + frame.height).contains(y)
          if !isInside || frame.width < header.width { to.update(from: background, count: background.count) }
          guard isInside else { continue }
          if !frame.isInterlaced { try decoder.read(row(y - frame.y)) }
          cic_to_rgb(
            Int32(CIC_P), row(y - frame.y).baseAddress, 1, to + 3 * frame.x, frame.width, palette)
        }
      } catch {
        switch error {
        case .truncated: throw Self.incomplete
        case .corrupt: throw .corrupt(format: .gif, detail: "a code that stands for nothing")
        }
      }
      return .topLeft
    }

    /// A row of the canvas where there is no frame.
    private func backgroundRow(_ palette: [UInt8]) -> [UInt8] {
      let index = 3 * Int(frame.background)
      return [[UInt8]](repeating: Array(palette[index..<index + 3]), count: header.width).flatMap(\.self)
    }
  }
#else
  typealias GIFReader = UnbuiltReader
#endif
