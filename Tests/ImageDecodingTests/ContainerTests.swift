import TestSupport
import Testing

@testable import ImageDecoding

/// What readers and whoever looks for metadata ask of the walkers: where things stand in the file.
@Suite("Containers say where their parts are")
struct ContainerTests {
  private func with<R>(_ fixture: String, _ body: (UnsafeRawBufferPointer) throws -> R) throws -> R {
    try Fixtures.bytes(fixture).withUnsafeBytes(body)
  }

  @Test("segments of a JPEG, up to its first scan")
  func segments() throws {
    try with("images/jpeg_icc.jpg") { bytes in
      var segments = JPEGSegments(bytes, limits: .default)
      var codes: [Int] = []
      while let segment = try segments.next() {
        codes.append(segment.code)
        #expect(bytes[segment.start] == 0xFF)
        #expect(Int(bytes[segment.start + 1]) == segment.code)
        #expect(bytes.integer(at: segment.start + 2, bytes: 2) == segment.bytes.count + 2)
        #expect(segment.bytes.baseAddress == bytes.baseAddress.map { $0 + segment.start + 4 }, "no copy")
      }
      #expect(codes.first == 0xE0)
      #expect(codes.contains(0xE2))
      #expect(codes.last == 0xDA)
      #expect(try segments.next() == nil)
      var bounded = JPEGSegments(bytes, limits: DecodeLimits(metadataBytes: 20))
      #expect(throws: ImageError.self) { while try bounded.next() != nil {} }
    }
  }

  @Test("boxes count their places from where the caller says, and one without a length reaches to the end")
  func boxes() {
    let inner: [UInt8] = [0, 0, 0, 10] + Array("abcd".utf8) + [1, 2]
    let long: [UInt8] = [0, 0, 0, 1] + Array("wide".utf8) + [0, 0, 0, 0, 0, 0, 0, 17, 9]
    let rest: [UInt8] = [0, 0, 0, 0] + Array("last".utf8) + [7, 7, 7]
    (inner + long + rest).withUnsafeBytes { bytes in
      var boxes = ISOBoxes(bytes, offset: 100)
      let found = Array(IteratorSequence(boxes))
      #expect(found.map(\.type) == ["abcd", "wide", "last"])
      #expect(found.map(\.start) == [100, 110, 127])
      #expect(found.map(\.contentStart) == [108, 126, 135])
      #expect(found.map(\.end) == [110, 127, 138])
      #expect(found.map(\.isEndless) == [false, false, true])
      while boxes.next() != nil {}
      #expect(!boxes.isTruncated)
      var cut = ISOBoxes(UnsafeRawBufferPointer(rebasing: bytes.prefix(20)))
      while cut.next() != nil {}
      #expect(cut.isTruncated)
    }
  }

  @Test("chunks of RIFF are padded, and end where the file says")
  func riff() throws {
    let content: [UInt8] =
      Array("WEBPabcd".utf8) + [3, 0, 0, 0, 1, 2, 3, 0] + Array("efgh".utf8) + [9, 0, 0, 0, 5]
    let bytes = Array("RIFF".utf8) + [UInt8(content.count), 0, 0, 0] + content + [1, 1, 1]
    try bytes.withUnsafeBytes { bytes in
      let chunks = Array(try #require(RIFFChunks(bytes)))
      #expect(chunks.map(\.type) == ["abcd", "efgh"])
      #expect(chunks.map(\.start) == [12, 24])
      #expect(chunks.map(\.length) == [3, 9])
      #expect(chunks.map { Array($0.bytes) } == [[1, 2, 3], [5]])
      #expect(RIFFChunks(UnsafeRawBufferPointer(rebasing: bytes.prefix(30))) == nil)
    }
  }

  @Test("entries of TIFF directories, in both orders and with eight bytes")
  func entries() throws {
    func fields(_ bytes: [UInt8], takesBig: Bool = false, _ body: (TIFFFields) throws -> Void) throws {
      try bytes.withUnsafeBytes { try body(#require(TIFFFields($0, takesBig: takesBig))) }
    }
    let little: [UInt8] =
      [0x49, 0x49, 0x2A, 0, 8, 0, 0, 0, 2, 0] + [0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0]
      + [0, 1, 4, 0, 2, 0, 0, 0, 200]
    try fields(little) { fields in
      // The second entry is cut short.
      let entries = Array(fields.firstEntries)
      #expect(entries.map(\.tag) == [0x112])
      #expect(fields.place(of: entries[0]) == 18)
      #expect(fields.number(at: 18, type: 3) == 6)
    }
    let long = little + [0, 0, 0]
    try fields(long) { fields in
      let entries = Array(fields.firstEntries)
      #expect(entries.map(\.byteCount) == [2, 8])
      #expect(fields.place(of: entries[1]) == nil, "beyond the end")
    }
    let big: [UInt8] =
      [0x49, 0x49, 0x2B, 0, 8, 0, 0, 0, 16, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]
      + [0, 1, 4, 0, 255, 255, 255, 255, 255, 255, 255, 255, 1, 2, 3, 4, 5, 6, 7, 8]
    #expect(big.withUnsafeBytes { TIFFFields($0) == nil })
    try fields(big, takesBig: true) { fields in
      let entries = Array(fields.firstEntries)
      #expect(entries.map(\.count) == [.max])
      #expect(entries.map(\.byteCount) == [.max])
      #expect(fields.place(of: entries[0]) == nil)
    }
  }

  @Test("extensions of a GIF before its first image")
  func gif() throws {
    let bytes =
      Array("GIF89a".utf8) + [0x21, 0xFE, 2, 65, 66, 1, 67, 0, 0x21, 0xF9, 4, 1, 0, 0, 7, 0, 0x2C, 1, 2]
    try bytes.withUnsafeBytes { bytes in
      var blocks = GIFBlocks(bytes, limits: .default)
      let comment = try #require(try blocks.nextExtension())
      #expect(comment.label == 0xFE)
      #expect(comment.first.map { Array($0) } == [65, 66])
      #expect(try blocks.nextExtension()?.label == 0xF9)
      #expect(try blocks.nextExtension() == nil)
      #expect(try blocks.readUInt16() == 0x201)
      #expect(throws: ImageError.self) { try blocks.readUInt16() }
    }
  }

  @Test("numbers in both orders, and none where one does not fit or is not there")
  func integers() {
    let bytes: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 0x80, 9]
    bytes.withUnsafeBytes { bytes in
      #expect(bytes.integer(at: 0, bytes: 3) == 0x010203)
      #expect(bytes.integer(at: 0, bytes: 3, .little) == 0x030201)
      #expect(bytes.integer(at: 0, bytes: 8) == 0x0102_0304_0506_0780)
      #expect(bytes.integer(at: 0, bytes: 8, .little) == nil)
      #expect(bytes.integer(at: 9, bytes: 0) == 0)
      for (offset, count) in [(-1, 1), (9, 1), (8, 2), (Int.max, 4), (0, -1), (0, 9)] {
        #expect(bytes.integer(at: offset, bytes: count) == nil)
      }
      var beyond = ByteReader(bytes, position: 20)
      #expect(beyond.read(0) == nil && beyond.readUInt8() == nil && beyond.remaining == 0)
    }
  }
}
