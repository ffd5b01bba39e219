import Testing

@testable import ImageDecoding

/// What Pillow 13 makes of PNG files whose structure is odd; each verdict was observed.
@Suite("PNG structure")
struct PNGStructureTests {
  /// Two rows of two grey pixels.
  private let rows: [UInt8] = [0, 10, 20, 0, 30, 40]

  private func decode(_ build: (inout PNGBuilder) -> Void) throws(ImageError) -> [UInt8] {
    var builder = PNGBuilder()
    build(&builder)
    return try ImageDecoder.decode(builder.bytes).image.withUnsafeBytes { Array($0) }
  }

  private func grey(_ levels: UInt8...) -> [UInt8] { levels.flatMap { [$0, $0, $0] } }

  @Test func plain() throws {
    let pixels = try decode {
      $0.header(width: 2, height: 2)
      $0.chunk("IDAT", PNGBuilder.stored(rows))
      $0.chunk("IEND", [])
    }
    #expect(pixels == grey(10, 20, 30, 40))
  }

  @Test("16-bit grey is clipped at 255, not scaled")
  func sixteenBitGrey() throws {
    let pixels = try decode {
      $0.header(width: 2, height: 1, depth: 16)
      $0.chunk("IDAT", PNGBuilder.stored([0, 0, 77, 1, 0]))
    }
    #expect(pixels == grey(77, 255))
  }

  @Test("data may be spread over many chunks, empty ones too")
  func splitData() throws {
    let pixels = try decode { builder in
      builder.header(width: 2, height: 2)
      builder.chunk("IDAT", [])
      for byte in PNGBuilder.stored(rows) { builder.chunk("IDAT", [byte]) }
    }
    #expect(pixels == grey(10, 20, 30, 40))
  }

  @Test("missing rows stay black when the compressed data ends of itself behind a row")
  func earlyEnd() throws {
    let pixels = try decode {
      $0.header(width: 2, height: 3)
      $0.chunk("IDAT", PNGBuilder.stored(Array(rows[..<3])))
    }
    #expect(pixels == grey(10, 20, 0, 0, 0, 0))
    #expect(throws: ImageError.truncated(format: .png, detail: "the image data is incomplete")) {
      try decode {
        $0.header(width: 2, height: 3)
        $0.chunk("IDAT", PNGBuilder.stored(Array(rows[..<4])))
        $0.chunk("IEND", [])
      }
    }
  }

  @Test("an index beyond the palette is black, and so is every index without one")
  func shortPalette() throws {
    for palette in [[200, 100, 50], nil] as [[UInt8]?] {
      let pixels = try decode {
        $0.header(width: 2, height: 1, type: 3)
        if let palette { $0.chunk("PLTE", palette) }
        $0.chunk("IDAT", PNGBuilder.stored([0, 0, 9]))
      }
      #expect(pixels == (palette ?? [0, 0, 0]) + [0, 0, 0])
    }
  }

  @Test("a first animation frame smaller than the image leaves the rest black")
  func smallFirstFrame() throws {
    let fields: [UInt32] = [0, 1, 1, 1, 0]
    let frame: [UInt8] = fields.flatMap(PNGBuilder.bigEndian) + [0, 1, 0, 1, 0, 0]
    let pixels = try decode {
      $0.header(width: 2, height: 2)
      $0.chunk("acTL", [0, 0, 0, 1, 0, 0, 0, 0])
      $0.chunk("fcTL", frame)
      $0.chunk("IDAT", PNGBuilder.stored([0, 99]))
    }
    #expect(pixels == grey(0, 99, 0, 0))
  }

  @Test("a wrong checksum before the image data refuses, behind it does not matter")
  func checksums() throws {
    var builder = PNGBuilder()
    builder.header(width: 2, height: 2)
    var broken = builder
    broken.bytes[broken.bytes.count - 1] ^= 1
    broken.chunk("IDAT", PNGBuilder.stored(rows))
    #expect(throws: ImageError.corrupt(format: .png, detail: "the checksum of the chunk IHDR is wrong")) {
      try ImageDecoder.decode(broken.bytes)
    }
    builder.chunk("IDAT", PNGBuilder.stored(rows))
    builder.bytes[builder.bytes.count - 1] ^= 1
    #expect(throws: Never.self) { try ImageDecoder.decode(builder.bytes) }
  }

  @Test("a second header behind the image changes nothing")
  func secondHeader() throws {
    let pixels = try decode {
      $0.header(width: 2, height: 2)
      $0.chunk("IDAT", PNGBuilder.stored(rows))
      $0.header(width: 1000, height: 1000, type: 3)
    }
    #expect(pixels == grey(10, 20, 30, 40))
  }

  @Test("of two headers before the image data the last counts, for the limits too")
  func twoHeaders() throws {
    let pixels = try decode {
      $0.header(width: .max, height: .max)
      $0.header(width: 2, height: 2)
      $0.chunk("IDAT", PNGBuilder.stored(rows))
    }
    #expect(pixels == grey(10, 20, 30, 40))
  }

  @Test("a malformed chunk behind the image refuses the file, a missing end does not")
  func afterTheImage() throws {
    var builder = PNGBuilder()
    builder.header(width: 2, height: 2)
    builder.chunk("IDAT", PNGBuilder.stored(rows))
    #expect(throws: Never.self) { try ImageDecoder.decode(builder.bytes) }
    builder.chunk("gAMA", [1])
    #expect(throws: ImageError.corrupt(format: .png, detail: "the chunk gAMA is too short")) {
      try ImageDecoder.decode(builder.bytes)
    }
  }
}
