import AIGuardDefaultModel
import AIGuardVision
import Foundation
import TestSupport
import Testing

/// The JSON of a result: the fields that `aiguard classify --json` prints.
@Suite struct EncodingTests {
  private static func json(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  @Test func aResultIsOneObject() throws {
    let classifier = try ImageClassifier.defaultModel(profile: .torchvision, policy: .pipeline)
    let result = try classifier.classifyAndWait(imageBytes: Fixtures.bytes("photos/chelsea.jpg"))
    let predictions = result.map {
      #"{"label":"\#($0.label)","logit":\#($0.logit),"score":\#($0.score)}"#
    }
    let expected =
      #"{"generatedScore":\#(try #require(result.generatedScore)),"kernels":"\#(try KernelLevel.active().rawValue)","model":{"id":"aiguardvision/cifake-convnext","sha256":"#
      + #""\#(try result.provenance.model.sha256)"},"policy":"pipeline","precision":"float32","predictions":["#
      + predictions.joined(separator: ",")
      + #"],"profile":"torchvision","version":"\#(AIGuardVisionVersion.current)"}"#
    #expect(try Self.json(result) == expected)
    #expect(try Self.json(result[0]) == predictions[0])
    #expect(try Self.json([result, result]) == "[\(expected),\(expected)]")
  }

  @Test func choicesAreTheirNames() throws {
    func check<T: Codable & Equatable & CaseIterable & RawRepresentable>(_: T.Type) throws
    where T.RawValue == String {
      for value in T.allCases {
        #expect(try Self.json([value]) == "[\"\(value.rawValue)\"]")
        #expect(try JSONDecoder().decode([T].self, from: Data("[\"\(value.rawValue)\"]".utf8)) == [value])
      }
      #expect(throws: DecodingError.self) {
        try JSONDecoder().decode([T].self, from: Data(#"["nonsense"]"#.utf8))
      }
    }
    try check(PreprocessingProfile.self)
    try check(InputPolicy.self)
    try check(Precision.self)
    try check(KernelLevel.self)
    try check(ClassificationFunction.self)
  }

  /// A hash that cannot be had is an error and not a result without one.
  @Test func weightsThatChangedHaveNoJSON() throws {
    let folder = try TemporaryDirectory()
    for name in ["config.json", "model.safetensors"] {
      try folder.write(Fixtures.bytes("vit-tiny/plain/\(name)"), to: name)
    }
    try folder.write(
      #"{"image_processor_type": "ViTImageProcessor", "size": 12}"#, to: "preprocessor_config.json")
    let classifier = try ImageClassifier(folder: folder.url)
    let result = try classifier.classifyAndWait(imageBytes: Fixtures.bytes("photos/chelsea.jpg"))
    let path = folder.url.path + "/model.safetensors"
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSince1970: 1)], ofItemAtPath: path)
    #expect(throws: ImageClassifierError.weightsChanged(path: path)) { try Self.json(result) }
  }
}
