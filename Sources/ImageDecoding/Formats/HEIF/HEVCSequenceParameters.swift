#if HEIC
  /// The size of pictures, as a HEVC sequence parameter set (ITU-T H.265, 7.3.2.2) declares it.
  struct HEVCSequenceParameters {
    static let unitType: UInt8 = 33

    let width: Int
    let height: Int
    /// What is left of it when the edges that only fill blocks are cut off.
    let croppedWidth: Int
    let croppedHeight: Int
    /// 0: grey, 1: 4:2:0, 2: 4:2:2, 3: 4:4:4.
    let chroma: Int

    /// - Parameter unit: A NAL unit without its start code.
    init?(_ unit: UnsafeRawBufferPointer) {
      var bits = BitReader(unit)
      // The header of the unit, and the number of the video parameter set.
      guard bits.skip(16 + 4), let subLayers = bits.read(3), bits.skip(1) else { return nil }
      // Profile and level, in general and then of each sub-layer that has them.
      guard bits.skip(96) else { return nil }
      var subLayerBits = 0
      if subLayers > 0 {
        for index in 0..<8 {
          guard let flags = bits.read(2) else { return nil }
          if index < subLayers { subLayerBits += (flags & 2 != 0 ? 88 : 0) + (flags & 1 != 0 ? 8 : 0) }
        }
      }
      guard bits.skip(subLayerBits), bits.readExponential() != nil, let chroma = bits.readExponential(),
        chroma <= 3
      else { return nil }
      if chroma == 3, !bits.skip(1) { return nil }
      guard let width = bits.readExponential(), let height = bits.readExponential() else { return nil }
      (self.width, self.height, self.chroma) = (width, height, chroma)
      var cut = [0, 0, 0, 0]
      guard let isCut = bits.read(1) else { return nil }
      if isCut == 1 {
        for edge in cut.indices {
          guard let samples = bits.readExponential() else { return nil }
          cut[edge] = samples * (edge < 2 ? [1, 2, 2, 1] : [1, 2, 1, 1])[chroma]
        }
      }
      (croppedWidth, croppedHeight) = (width - cut[0] - cut[1], height - cut[2] - cut[3])
    }

    static func isOne(_ unit: UnsafeRawBufferPointer) -> Bool {
      unit.first.map { $0 >> 1 & 0x3F } == unitType
    }

    func check(_ limits: DecodeLimits) throws(ImageError) {
      // What is cut off at the edges is less than a block, but tiles may be larger than the image.
      try limits.check(width: Swift.max(0, width - 64), height: Swift.max(0, height - 64))
      // Samples of two bytes, twice while they are filtered, and what libde265 notes of each block.
      let samples = [1.0, 1.5, 2, 3][chroma]
      let bytes = (Double(width) * Double(height) * (samples * 4 + 1)).rounded()
      try limits.check(intermediateBytes: bytes < 0x1p62 ? Int(bytes) : .max)
    }
  }

  /// Reads bits of a NAL unit, without the bytes that keep start codes out of it.
  private struct BitReader {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0
    private var zeros = 0
    private var current: UInt8 = 0
    private var left = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    private mutating func readBit() -> Int? {
      if left == 0 {
        if zeros >= 2, position < bytes.count, bytes[position] == 3 {
          position += 1
          zeros = 0
        }
        guard position < bytes.count else { return nil }
        current = bytes[position]
        zeros = current == 0 ? zeros + 1 : 0
        position += 1
        left = 8
      }
      left -= 1
      return Int(current >> left & 1)
    }

    mutating func read(_ count: Int) -> Int? {
      var value = 0
      for _ in 0..<count {
        guard let bit = readBit() else { return nil }
        value = value << 1 | bit
      }
      return value
    }

    mutating func skip(_ count: Int) -> Bool {
      for _ in 0..<count where readBit() == nil { return false }
      return true
    }

    /// An unsigned number in exponential Golomb code, of at most 32 bits.
    mutating func readExponential() -> Int? {
      var length = 0
      while let bit = readBit() {
        if bit == 1 { return read(length).map { (1 << length) - 1 + $0 } }
        length += 1
        if length > 32 { return nil }
      }
      return nil
    }
  }
#endif
