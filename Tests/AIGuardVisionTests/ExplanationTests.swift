import Foundation
import TestSupport
import Testing

@testable import AIGuardVision

/// Maps of images: what they say, where it is drawn, in which colours.
@Suite struct ExplanationTests {
  private let photo = Fixtures.url("photos/chelsea.jpg").path

  private func classifier(
    _ labels: [String], fixture: String? = nil, processor: String = LabelledModel.defaultProcessor,
    threads: Int = 2
  ) throws -> (ImageClassifier, TemporaryDirectory) {
    let folder = try TemporaryDirectory()
    try LabelledModel.write(labels, to: folder.url, fixture: fixture, processor: processor)
    return (
      try ImageClassifier(folder: folder.url.path, budget: ComputeBudget(threads: threads)), folder
    )
  }

  @Test func resultsAreThoseOfClassifying() async throws {
    let (classifier, folder) = try classifier(["fake", "real"])
    defer { withExtendedLifetime(folder) {} }
    let result = try await classifier.classify(fileAt: photo)
    for method in [ExplanationMethod.rollout(), .occlusion()] {
      let explanation = try await classifier.explain(fileAt: photo, by: method)
      #expect(explanation.result == result)
      #expect(explanation.target == nil)
    }
  }

  /// Each place by hand: the square drawn into the pixel values, and classified alone.
  @Test(arguments: [
    (["fake", "real"], 128, 5, 3), (["cat", "dog"], 0, 4, 4), (["fake", "real"], 255, 12, 1),
  ])
  func occlusionIsWhatAPlaceCosts(_ labels: [String], _ fill: UInt8, _ side: Int, _ stride: Int) async throws
  {
    let (classifier, folder) = try classifier(labels)
    defer { withExtendedLifetime(folder) {} }
    let explanation = try await classifier.explain(
      fileAt: photo, by: .occlusion(Occlusion(side: side, stride: stride, fill: fill)))
    let bytes = try ImageFile.read(photo, limits: .default)
    let pixels = try bytes.withUnsafeBytes { try classifier.processor.preprocess(imageBytes: $0) }
    let isKnown = labels.contains("fake")
    let whole = try await classifier.classify(pixelValues: pixels)[0]
    let best = whole[0]
    #expect(explanation.target == (isKnown ? nil : best.label))
    func score(_ result: ClassificationResult) -> Double {
      isKnown
        ? result.generatedLogOdds ?? .nan : Double(result.first { $0.label == best.label }?.logit ?? .nan)
    }
    let count = (12 - side + stride - 1) / stride + 1
    #expect(explanation.values.shape == [count, count])
    let values = try explanation.values.elements
    let grey = (Float(fill) / 255 - 0.5) / 0.5
    for place in 0..<(count * count) {
      var elements = try pixels.elements
      for channel in 0..<3 {
        for row in (place / count * stride)..<min(place / count * stride + side, 12) {
          for column in (place % count * stride)..<min(place % count * stride + side, 12) {
            elements[(channel * 12 + row) * 12 + column] = grey
          }
        }
      }
      let hidden = try await classifier.classify(pixelValues: Tensor(elements, shape: pixels.shape))[0]
      #expect(abs(Double(values[place]) - (score(whole) - score(hidden))) < 1e-5, "\(place)")
    }
  }

  @Test func mapsDoNotHangOnThreads() async throws {
    var maps: [[Float]] = []
    for threads in [1, 3] {
      let (classifier, folder) = try classifier(["fake", "real"], threads: threads)
      defer { withExtendedLifetime(folder) {} }
      for method in [ExplanationMethod.rollout(), .occlusion(Occlusion(side: 3, stride: 1))] {
        maps.append(try await classifier.explain(fileAt: photo, by: method).values.elements)
      }
    }
    #expect(firstBitwiseDifference(maps[0], maps[2]) == nil)
    #expect(firstBitwiseDifference(maps[1], maps[3]) == nil)
  }

  @Test func placesCoverTheInputAndAreBounded() throws {
    for (height, width, side, stride) in [(12, 12, 5, 3), (7, 20, 7, 7), (9, 10, 4, 1), (1, 1, 1, 1)] {
      let places = try Occlusion(side: side, stride: stride).places(height: height, width: width)
      let spread = places.spread([Float](repeating: 2, count: places.rows * places.columns))
      #expect(spread == [Float](repeating: 2, count: height * width))
    }
    let defaults = try Occlusion().places(height: 224, width: 224)
    #expect(defaults.side == 32 && defaults.stride == 16 && defaults.rows == 13 && defaults.columns == 13)
    let refused = [Occlusion(side: 0), .init(side: 13), .init(side: 4, stride: 5), .init(side: 4, stride: 0)]
    for occlusion in refused {
      #expect(throws: ExplanationError.self) { try occlusion.places(height: 12, width: 12) }
    }
    let most = try #require(throws: ExplanationError.self) {
      try Occlusion(side: 1, stride: 1).places(height: 224, width: 224)
    }
    #expect("\(most)".contains("20000") && most.httpStatus == 400)
  }

  /// A crop's frame: the middle of a wide image, and where a point of the map lies in it.
  @Test func framesAreWhereTheCropIs() throws {
    func processor(_ text: String) throws -> ViTImageProcessor {
      let folder = try TemporaryDirectory()
      try Data(text.utf8).write(to: folder.url.appendingPathComponent("preprocessor_config.json"))
      return try ViTImageProcessor(folder: folder.url.path)
    }
    let whole = try processor(LabelledModel.defaultProcessor).frame(width: 451, height: 300)
    #expect(whole == InputFrame(x: 0, y: 0, width: 451, height: 300))
    let cropped = try processor(
      #"{"image_processor_type": "CLIPImageProcessor", "size": {"shortest_edge": 30}, "crop_size": 20, "do_center_crop": true}"#
    ).frame(width: 600, height: 300)
    // 60 x 30, of which 20 x 20 from (20, 5): ten pixels of the image each.
    #expect(cropped == InputFrame(x: 200, y: 50, width: 200, height: 200))
    let bordered = try processor(
      #"{"image_processor_type": "CLIPImageProcessor", "size": {"shortest_edge": 10}, "crop_size": 20, "do_center_crop": true}"#
    ).frame(width: 100, height: 100)
    #expect(bordered == InputFrame(x: -50, y: -50, width: 200, height: 200))
  }

  @Test func drawingsAreViridisOverGrey() async throws {
    let (classifier, folder) = try classifier(["fake", "real"])
    defer { withExtendedLifetime(folder) {} }
    let explanation = try await classifier.explain(fileAt: photo)
    let image = try explanation.image(longestSide: 90, opacity: 1)
    #expect(image.width == 90 && image.height == 60)
    let (values, scale) = (try explanation.values.elements, try explanation.scale)
    #expect(scale.lowerBound == values.min() && scale.upperBound == values.max())
    image.withUnsafeBytes { bytes in
      for (x, y) in [(0, 0), (89, 0), (45, 30), (0, 59), (89, 59), (29, 20), (30, 19)] {
        let value = values[y * 3 / 60 * 3 + x * 3 / 90]
        let color = Viridis.color(
          (Double(value) - Double(scale.lowerBound))
            / (Double(scale.upperBound) - Double(scale.lowerBound)))
        let at = (y * 90 + x) * 3
        #expect(bytes[at] == color.red && bytes[at + 1] == color.green && bytes[at + 2] == color.blue)
      }
    }
    // Without opacity it is the image in grey.
    try explanation.image(longestSide: 90, opacity: 0).withUnsafeBytes { bytes in
      #expect(
        (0..<5400).allSatisfy { bytes[3 * $0] == bytes[3 * $0 + 1] && bytes[3 * $0] == bytes[3 * $0 + 2] })
    }
    for (side, opacity) in [(0, 0.5), (-1, 0.5), (10, 1.1), (10, -0.1), (10, Double.nan)] {
      #expect(throws: ExplanationError.self) { try explanation.image(longestSide: side, opacity: opacity) }
    }
    #expect(throws: PreprocessingError.self) { try explanation.image(longestSide: .max) }
  }

  @Test func colorsAreThePublishedOnes() throws {
    struct Table: Decodable { let colors: [[UInt8]] }
    let table = try JSONDecoder().decode(Table.self, from: Data(Fixtures.bytes("maps/viridis.json"))).colors
    #expect(table.count == 256)
    for (index, expected) in table.enumerated() {
      let color = Viridis.color(Double(index) / 255)
      #expect([color.red, color.green, color.blue] == expected)
    }
    for (value, index) in [(-1.0, 0), (2, 255), (.nan, 0), (.infinity, 255)] as [(Double, Int)] {
      let color = Viridis.color(value)
      #expect([color.red, color.green, color.blue] == table[index])
    }
  }

  @Test func windowsHaveNoRollout() async throws {
    let (classifier, folder) = try classifier(
      ["fake", "real"], fixture: "swin/swin",
      processor: #"{"image_processor_type": "ViTImageProcessor", "size": 24}"#)
    defer { withExtendedLifetime(folder) {} }
    let error = await #expect(throws: ExplanationError.self) { try await classifier.explain(fileAt: photo) }
    #expect(error?.kind == "no-rollout")
    let map = try await classifier.explain(fileAt: photo, by: .occlusion(Occlusion(side: 8, stride: 8)))
    #expect(map.values.count >= 4)
  }
}
