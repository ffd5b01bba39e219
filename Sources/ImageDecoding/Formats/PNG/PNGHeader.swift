#if PNG
  /// The state of Pillow's PNG parser: what the chunks so far have said.
  ///
  /// Ancillary chunks change no pixel, but Pillow refuses files in which some of them are malformed, before
  /// and after the image data alike.
  struct PNGHeader {
    /// What a chunk means for the parser.
    enum Outcome {
      /// Nothing more: the data has been read.
      case read(UnsafeRawBufferPointer)
      /// Image data follows: the reader stands at it, and `length` bytes of the chunk are left.
      case imageData(length: Int)
      /// The end of the image.
      case end
    }

    /// A part of the image, in pixels.
    struct Region: Equatable {
      var x = 0
      var y = 0
      var width: Int
      var height: Int
    }

    private(set) var width = 0
    private(set) var height = 0
    /// The last valid layout; an invalid one leaves the one before it.
    private(set) var layout: PNGLayout?
    private(set) var isInterlaced = false
    private(set) var palette: UnsafeRawBufferPointer?
    /// Whether one index of an indexed image is transparent and all others are not.
    private(set) var hasTransparentIndex = false
    /// The alphas of an indexed image's first colours.
    private(set) var paletteAlphas: [UInt8] = []
    /// The colour of another image that is transparent. The reference compares its lower bytes.
    private(set) var transparentColor: (UInt8, UInt8, UInt8)?
    /// Where an animation's first frame lies, when that is what the image data holds.
    private(set) var frame: Region?
    private var storedMetadata = OrientationMetadata()
    /// An EXIF block as hexadecimal digits, which counts where there is none in a chunk of its own.
    private var hexadecimalEXIF: [UInt8]?
    private var frameCount: Int?
    private var sequence: Int?
    private var hasDefaultImage = false
    private var textBytes = 0
    private var inflatedBytes = 0

    var metadata: OrientationMetadata {
      var metadata = storedMetadata
      if metadata.exif == nil { metadata.exif = hexadecimalEXIF.map(PNGText.hexadecimalProfile) }
      return metadata
    }

    /// Whether Pillow takes the file for an animation with more than one image.
    var isAnimated: Bool {
      guard let frameCount else { return false }
      return frameCount + (hasDefaultImage ? 1 : 0) > 1
    }

    /// Handles `chunk`, whose header has just been read.
    mutating func handle(
      _ chunk: PNGChunk, _ chunks: inout PNGChunks
    ) throws(ImageError) -> Outcome {
      switch chunk.type {
      case "IEND":
        return .end
      case "IDAT" where layout != nil:
        if frame == nil, frameCount != nil { hasDefaultImage = true }
        return .imageData(length: chunk.length)
      case "fdAT":
        return .imageData(length: try beginFrameData(chunk, &chunks))
      default:
        let data = try chunks.metadata(of: chunk)
        try interpret(chunk, data)
        return .read(data)
      }
    }

    /// Reads the sequence number of a chunk of frame data and returns the length of what is left.
    mutating func beginFrameData(
      _ chunk: PNGChunk, _ chunks: inout PNGChunks
    ) throws(ImageError) -> Int {
      guard chunk.length >= 4, layout != nil else { throw Self.malformed(chunk) }
      guard let number = chunks.reader.readUInt32() else {
        throw .truncated(format: .png, detail: "the chunk fdAT is incomplete")
      }
      guard let sequence, sequence == number - 1 else {
        throw .corrupt(format: .png, detail: "the frames of the animation are out of order")
      }
      self.sequence = number
      return chunk.length - 4
    }

    private mutating func interpret(
      _ chunk: PNGChunk, _ data: UnsafeRawBufferPointer
    ) throws(ImageError) {
      switch chunk.type {
      case "IHDR": try readHeader(chunk, data)
      case "PLTE": if layout?.mode == "P" { palette = data }
      case "acTL": try readAnimation(chunk, data)
      case "fcTL": try readFrame(chunk, data)
      case "tRNS":
        try require(transparencyLength, chunk)
        switch layout?.mode {
        case "P":
          hasTransparentIndex = Self.isSingleIndex(data)
          paletteAlphas = Array(data.prefix(256))
        case "1", "L", "I;16": transparentColor = (data[1], data[1], data[1])
        case "RGB": transparentColor = (data[1], data[3], data[5])
        default: break
        }
      case "gAMA": try require(4, chunk)
      case "cHRM": try require(32, chunk)
      case "sRGB": try require(1, chunk)
      case "pHYs": try require(9, chunk)
      case "iCCP": try countWork(PNGText.checkProfile(data))
      case "tEXt", "zTXt", "iTXt":
        let (size, work) = try PNGText.size(chunk.type, data)
        try countWork(work)
        textBytes += size
        guard textBytes <= PNGText.totalLimit else {
          throw .limitExceeded(limit: PNGText.limitName, declared: textBytes, allowed: PNGText.totalLimit)
        }
        readText(chunk.type, data)
      case "eXIf":
        storedMetadata.exif = Array(data)
      default: break
      }
    }

    private mutating func countWork(_ bytes: Int) throws(ImageError) {
      inflatedBytes += bytes
      guard inflatedBytes <= PNGText.workLimit else {
        throw .limitExceeded(limit: PNGText.limitName, declared: inflatedBytes, allowed: PNGText.workLimit)
      }
    }

    /// The texts in which writers without the chunk eXIf keep what it holds.
    private mutating func readText(_ type: String, _ data: UnsafeRawBufferPointer) {
      switch PNGText.keyword(of: data) {
      case "XML:com.adobe.xmp": storedMetadata.xmp = PNGText.text(type, data) ?? storedMetadata.xmp
      case "exif" where type == "tEXt": storedMetadata.exif = PNGText.text(type, data)
      case "Raw profile type exif": hexadecimalEXIF = PNGText.text(type, data) ?? hexadecimalEXIF
      default: break
      }
    }

    private mutating func readHeader(
      _ chunk: PNGChunk, _ data: UnsafeRawBufferPointer
    ) throws(ImageError) {
      guard let width = data.integer(at: 0, bytes: 4), let height = data.integer(at: 4, bytes: 4),
        let bitDepth = data.integer(at: 8, bytes: 1), let colorType = data.integer(at: 9, bytes: 1),
        let filter = data.integer(at: 11, bytes: 1), let interlace = data.integer(at: 12, bytes: 1)
      else { throw Self.malformed(chunk) }
      guard filter == 0 else {
        throw .unsupportedVariant(format: .png, detail: "filter method \(filter)")
      }
      (self.width, self.height) = (width, height)
      let layout = PNGLayout(bitDepth: bitDepth, colorType: colorType)
      if layout.mode != nil { self.layout = layout }
      if interlace != 0 { isInterlaced = true }
    }

    private mutating func readAnimation(
      _ chunk: PNGChunk, _ data: UnsafeRawBufferPointer
    ) throws(ImageError) {
      guard let count = data.integer(at: 0, bytes: 4), data.count >= 8 else { throw Self.malformed(chunk) }
      if frameCount != nil {
        frameCount = nil
      } else if count != 0, count <= 0x8000_0000 {
        frameCount = count
      }
    }

    private mutating func readFrame(
      _ chunk: PNGChunk, _ data: UnsafeRawBufferPointer
    ) throws(ImageError) {
      guard data.count >= 26, let number = data.integer(at: 0, bytes: 4),
        let width = data.integer(at: 4, bytes: 4), let height = data.integer(at: 8, bytes: 4),
        let x = data.integer(at: 12, bytes: 4), let y = data.integer(at: 16, bytes: 4)
      else { throw Self.malformed(chunk) }
      guard number == (sequence.map { $0 + 1 } ?? 0) else {
        throw .corrupt(format: .png, detail: "the frames of the animation are out of order")
      }
      guard x + width <= self.width, y + height <= self.height else {
        throw .corrupt(format: .png, detail: "a frame of the animation lies outside the image")
      }
      sequence = number
      frame = Region(x: x, y: y, width: width, height: height)
    }

    /// The pattern that Pillow looks for: one zero among bytes of 255, and possibly a line feed at the end.
    private static func isSingleIndex(_ data: UnsafeRawBufferPointer) -> Bool {
      let alphas = data.last == 0x0A ? data.dropLast() : data[...]
      return alphas.count { $0 == 0 } == 1 && alphas.allSatisfy { $0 == 0 || $0 == 255 }
    }

    private var transparencyLength: Int {
      switch layout?.mode {
      case "RGB": 6
      case "1", "L", "I;16": 2
      default: 0
      }
    }

    private func require(_ length: Int, _ chunk: PNGChunk) throws(ImageError) {
      guard chunk.length >= length else { throw Self.malformed(chunk) }
    }

    private static func malformed(_ chunk: PNGChunk) -> ImageError {
      .corrupt(format: .png, detail: "the chunk \(chunk.type) is too short")
    }
  }
#endif
