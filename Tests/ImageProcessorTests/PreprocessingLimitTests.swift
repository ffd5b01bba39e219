import TestSupport
import Testing

@testable import ImageProcessor

@Suite("A caller's limits hold for preprocessing too")
struct PreprocessingLimitTests {
  private func refusal(_ body: () throws -> Void) throws -> PreprocessingError? {
    do {
      try body()
      return nil
    } catch let error as PreprocessingError {
      return error
    }
  }

  @Test("one pixel fewer than the output has refuses, as many accept", arguments: ResampleFilter.allCases)
  func pixels(filter: ResampleFilter) throws {
    let image = try RGBImage.generated(width: 40, height: 30)
    func resize(_ pixels: Int) throws -> PreprocessingError? {
      try refusal {
        _ = try image.resized(width: 9, height: 8, filter: filter, limits: DecodeLimits(pixels: pixels))
      }
    }
    #expect(try resize(72) == nil)
    #expect(try resize(71) == .tooLarge(what: "the pixels of a resized image", size: 72, allowed: 71))
    #expect(try resize(.min)?.kind == "limit-exceeded")
  }

  @Test("working memory: the bytes that the error asks for are enough", arguments: ResampleFilter.allCases)
  func intermediateBytes(filter: ResampleFilter) throws {
    let image = try RGBImage.generated(width: 400, height: 300)
    for (width, height) in [(90, 80), (400, 80), (90, 300), (800, 20)] {
      func resize(_ bytes: Int) throws -> PreprocessingError? {
        try refusal {
          _ = try image.resized(
            width: width, height: height, filter: filter, limits: DecodeLimits(intermediateBytes: bytes))
        }
      }
      // Each refusal names what is needed up to there; the last one names all.
      var allowed = 0
      var refusals = 0
      while let error = try resize(allowed) {
        guard case .tooLarge(_, let size, allowed) = error, size > allowed, refusals < 20 else {
          Issue.record("\(error)")
          return
        }
        #expect(try resize(size - 1) != nil)
        allowed = size
        refusals += 1
      }
      #expect(refusals > 0)
      // Indices or weights of every output row or column that changes.
      #expect(allowed >= 4 * ((width == 400 ? 0 : width) + (height == 300 ? 0 : height)))
      #expect(try resize(.min)?.kind == "limit-exceeded")
    }
  }

  @Test("they reach the processor, in both forms and for the crop")
  func processor() throws {
    let image = try RGBImage.generated(width: 40, height: 30)
    let small = DecodeLimits(pixels: 63)
    let plain = try ViTImageProcessor(config: ImageProcessorConfig(size: .exact(height: 8, width: 8)))
    let error = PreprocessingError.tooLarge(what: "the pixels of a resized image", size: 64, allowed: 63)
    #expect(throws: error) { try plain.preprocess(image, limits: small) }
    #expect(throws: error) { try plain.preprocess([image, image], limits: small) }
    let narrow = DecodeLimits(intermediateBytes: 100)
    #expect(try refusal { _ = try plain.preprocess(image, limits: narrow) }?.kind == "limit-exceeded")
    #expect(try refusal { _ = try plain.preprocess([image], limits: narrow) }?.kind == "limit-exceeded")
    let crop = try ViTImageProcessor(
      config: ImageProcessorConfig(
        size: .exact(height: 4, width: 4), doCenterCrop: true, cropSize: .exact(height: 8, width: 8)))
    #expect(throws: error) { try crop.preprocess(image, limits: small) }
    // The image on the way to a small crop counts as well.
    let large = try ViTImageProcessor(
      config: ImageProcessorConfig(
        size: .exact(height: 8, width: 8), doCenterCrop: true, cropSize: .exact(height: 2, width: 2)))
    #expect(throws: error) { try large.preprocess(image, limits: small) }
  }

  @Test("a limit that every image keeps does not forbid a batch of them")
  func batch() throws {
    let image = try RGBImage.generated(width: 40, height: 30)
    let processor = try ViTImageProcessor(config: ImageProcessorConfig(size: .exact(height: 8, width: 8)))
    let values = try processor.preprocess(
      [RGBImage](repeating: image, count: 5), limits: DecodeLimits(pixels: 64))
    #expect(values.shape == [5, 3, 8, 8])
  }

  @Test("wider limits allow what the default ones refuse")
  func wider() throws {
    let size = ImageSize.exact(height: 20_000, width: 20_000)
    let processor = try ViTImageProcessor(config: ImageProcessorConfig(size: size))
    #expect(throws: PreprocessingError.self) { try processor.outputSize(width: 3, height: 3) }
    let output = try processor.outputSize(
      width: 3, height: 3, limits: DecodeLimits(pixels: 400_000_000))
    #expect(output == (20_000, 20_000))
  }

  @Test("without limits worth the name, memory that is not there is a typed error")
  func noMemory() throws {
    let image = try RGBImage.generated(width: 2, height: 2)
    let limits = DecodeLimits(pixels: .max, intermediateBytes: .max)
    let side = Int(Int32.max)
    for size in [ImageSize.exact(height: side, width: side), .exact(height: .max, width: .max)] {
      let processor = try ViTImageProcessor(config: ImageProcessorConfig(size: size))
      #expect(throws: (any Error).self) { try processor.preprocess(image, limits: limits) }
    }
    #expect(throws: PreprocessingError.self) {
      try image.resized(width: side, height: side / 2, filter: .nearest, limits: limits)
    }
  }
}
