#if WebP
  import TestSupport
  import Testing

  @testable import ImageDecoding

  /// `Fixtures/webp/expected.json`: chunks in every order and size, with every flag, and what may stand behind the file.
  @Suite("WebP of every structure is judged as Pillow does")
  struct WebPTests {
    private static let goldens = Result { try StructureGoldens.read("webp") }
    private static let names = (try? goldens.get().keys.sorted()) ?? []

    @Test func goldensAreThere() throws {
      let files = try Self.goldens.get()
      #expect(files.count == 103)
      #expect(files.values.count { $0.error == nil } == 59)
      #expect(files.values.count { $0.rgb != $0.onWhite } > 9)
    }

    @Test(arguments: names)
    func decoded(name: String) throws {
      let golden = try #require(try Self.goldens.get()[name])
      try golden.check(Fixtures.bytes("webp/\(name).webp"), format: .webp)
    }

    @Test("metadata is bounded by what stands in the file, not by what follows it")
    func metadataLimit() throws {
      let limits = DecodeLimits(metadataBytes: 8)
      #expect(
        try ImageDecoder.decode(try Fixtures.bytes("webp/followed_lossy_huge_chunk.webp"), limits: limits)
          .mode
          == "RGB")
      #expect(throws: ImageError.limitExceeded(limit: "metadataBytes", declared: 18, allowed: 8)) {
        try ImageDecoder.decode(
          try Fixtures.bytes("webp/containers_lossy_abcd3_flags0_before.webp"), limits: limits)
      }
    }
  }
#endif
