import Testing

@testable import ImageProcessor

@Suite("ViTImageProcessor")
struct ProcessorTests {
  private func processor() throws -> ViTImageProcessor {
    try ViTImageProcessor(config: ImageProcessorConfig(size: .exact(height: 8, width: 6)))
  }

  @Test("an image's values are the same alone and in any batch")
  func batches() throws {
    let processor = try processor()
    let images = try (1...5).map { try RGBImage.generated(width: 10 * $0, height: 57 - 9 * $0) }
    let batch = try processor.preprocess(images)
    #expect(batch.shape == [5, 3, 8, 6])
    for (index, image) in images.enumerated() {
      let alone = try processor.preprocess(image)
      #expect(
        try batch.sliced(index..<index + 1).elements.map(\.bitPattern) == alone.elements.map(\.bitPattern))
    }
  }

  @Test func emptyBatch() throws {
    let processor = try processor()
    #expect(throws: PreprocessingError.emptyBatch) { try processor.preprocess([]) }
  }

  @Test("outputs of different sizes name the image")
  func differentSizes() throws {
    let processor = try ViTImageProcessor(config: ImageProcessorConfig(doResize: false))
    let images = [try RGBImage.generated(width: 2, height: 3), try RGBImage.generated(width: 3, height: 3)]
    #expect(
      throws: PreprocessingError.differentOutputSizes(first: [3, 3, 2], index: 1, other: [3, 3, 3])
    ) { try processor.preprocess(images) }
  }

  @Test("memory of the wrong size is refused, not written")
  func wrongMemory() throws {
    let processor = try processor()
    let image = try RGBImage.generated(width: 4, height: 4)
    var memory = [Float](repeating: 7, count: 100)
    #expect(throws: PreprocessingError.outputCountMismatch(expected: 144, given: 100)) {
      try memory.withUnsafeMutableBufferPointer { try processor.preprocess(image, into: $0) }
    }
    #expect(memory.allSatisfy { $0 == 7 })
  }

  @Test("pixels that do not fill the size are refused")
  func pixelCounts() {
    for (width, height, count) in [(2, 2, 11), (0, 5, 0), (-1, -1, 3), (Int.max, Int.max, 3)] {
      #expect(
        throws: PreprocessingError.pixelCountMismatch(width: width, height: height, bytes: count)
      ) { try RGBImage(width: width, height: height, pixels: [UInt8](repeating: 0, count: count)) }
    }
  }

  @Test("the odd pixel of a difference: cut off at the lower right, or a border at the upper left")
  func centerCrop() throws {
    let image = try RGBImage(width: 3, height: 1, pixels: [1, 1, 1, 2, 2, 2, 3, 3, 3])
    func red(_ width: Int) throws -> [UInt8] {
      try image.centerCropped(width: width, height: 1).withUnsafeBytes { bytes in
        stride(from: 0, to: bytes.count, by: 3).map { bytes[$0] }
      }
    }
    #expect(try red(2) == [1, 2])
    #expect(try red(1) == [2])
    #expect(try red(4) == [0, 1, 2, 3])
    #expect(try red(6) == [0, 0, 1, 2, 3, 0])
  }
}

@Suite("Errors of preprocessing say what was wrong")
struct PreprocessingErrorTests {
  @Test func kindsOfPreprocessing() {
    let expected: [(PreprocessingError, kind: String)] = [
      (.pixelCountMismatch(width: 2, height: 2, bytes: 11), "corrupt"),
      (.emptyOutput(width: 0, height: 5), "empty-output"),
      (.tooLarge(what: "x", size: 2, allowed: 1), "limit-exceeded"),
      (.differentOutputSizes(first: [3, 1, 1], index: 1, other: [3, 2, 2]), "model"),
      (.emptyBatch, "model"),
      (.outputCountMismatch(expected: 3, given: 2), "model"),
      (.outOfMemory(bytes: 3), "out-of-memory"),
    ]
    for (error, kind) in expected { #expect(error.kind == kind) }
    // Where the kinds have the same name as an image's, they are the same word.
    #expect(
      PreprocessingError.outOfMemory(bytes: 1).kind == ImageError.outOfMemory(bytes: 1).kind
        && PreprocessingError.tooLarge(what: "", size: 1, allowed: 0).kind
          == ImageError.limitExceeded(limit: "", declared: 1, allowed: 0).kind
    )
  }
}
