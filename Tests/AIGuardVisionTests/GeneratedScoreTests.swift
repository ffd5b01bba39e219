import Checkpoint
import Foundation
import TestSupport
import Testing

@testable import AIGuardVision

/// P(AI): which labels of the published detectors mean "generated", and what follows from the logits.
@Suite struct GeneratedScoreTests {
  struct Detector: Sendable, CustomTestStringConvertible {
    let id: String
    let labels: [String]
    let generated: [Int]
    var testDescription: String { "\(id) \(labels)" }

    init(_ id: String, _ labels: [String], _ generated: [Int]) {
      (self.id, self.labels, self.generated) = (id, labels, generated)
    }
  }

  /// The label sets as they are published.
  static let detectors = [
    Detector("buildborderless/CommunityForensics-DeepfakeDet-ViT", ["LABEL_0"], [0]),
    Detector("aiwithoutborders-xyz/OpenSight-CommunityForensics-Deepfake-ViT", ["LABEL_0"], [0]),
    Detector("OwensLab/commfor-model-384", ["LABEL_0"], [0]),
    Detector("Organika/sdxl-detector", ["artificial", "human"], [0]),
    Detector("umm-maybe/AI-image-detector", ["artificial", "human"], [0]),
    Detector("Smogy/SMOGY-Ai-images-detector", ["artificial", "human"], [0]),
    Detector("haywoodsloan/ai-image-detector-deploy", ["artificial", "real"], [0]),
    Detector("XenArcAI/AIRealNet", ["artificial", "real"], [0]),
    Detector("Ateeqq/ai-vs-human-image-detector", ["ai", "hum"], [0]),
    Detector("prithivMLmods/AI-vs-Deepfake-vs-Real-Siglip2", ["AI", "Deepfake", "Real"], [0, 1]),
    Detector("its second version", ["Artificial", "Deepfake", "Real"], [0, 1]),
    Detector("prithivMLmods/Deep-Fake-Detector-v2-Model", ["Realism", "Deepfake"], [1]),
    Detector("dima806/ai_vs_real_image_detection", ["REAL", "FAKE"], [1]),
    Detector("dima806/deepfake_vs_real_image_detection", ["Real", "Fake"], [1]),
    Detector("dima806/ai_vs_human_generated_image_detection", ["human", "AI-generated"], [1]),
    Detector("capcheck/ai-image-detection", ["REAL", "FAKE"], [1]),
    Detector("jacoballessio/ai-image-detect", ["fake", "real"], [0]),
    Detector("Nahrawy/AIorNot", ["real", "ai"], [1]),
    Detector("NYUAD-ComNets/NYUAD_AI-generated_images_detector", ["dalle", "real", "sd"], [0, 2]),
    Detector(
      "yaya36095/ai-source-detector", ["stable_diffusion", "midjourney", "dalle", "real", "other_ai"],
      [0, 1, 2, 4]),
    Detector("WpythonW/dinoV2-deepfake-detector", ["FAKE", "REAL"], [0]),
    Detector("spelt so in configurations", ["ai_gen", "not_ai_gen"], [0]),
    Detector("spelt so in configurations", ["AiArtData", "RealArt"], [0]),
  ]

  private static let image = Result { try Fixtures.bytes("photos/chelsea.jpg") }

  private func load(
    _ labels: [String], generatedLabels: [String]? = nil, problemType: String? = nil, id: String = "model",
    calibration: String? = nil
  ) throws -> (ImageClassifier, TemporaryDirectory) {
    let folder = try TemporaryDirectory()
    try LabelledModel.write(labels, to: folder.url, problemType: problemType)
    if let calibration { try folder.write(calibration, to: "calibration.json") }
    return (try ImageClassifier(folder: folder.url, id: id, generatedLabels: generatedLabels), folder)
  }

  private func classify(
    _ classifier: ImageClassifier, topK: Int = 5, _ function: ClassificationFunction? = nil
  ) throws -> ClassificationResult {
    try classifier.classifyAndWait(imageBytes: Self.image.get(), topK: topK, functionToApply: function)
  }

  /// Every published label set, on a network with as many logits.
  @Test(arguments: detectors) func publishedDetectorsGiveOneNumber(_ detector: Detector) throws {
    let (classifier, _) = try load(detector.labels, id: detector.id)
    let labels = try classifier.generatedLabels
    #expect(labels.indices == detector.generated)
    #expect(labels.names == detector.generated.map { detector.labels[$0] })
    #expect(labels.origin == .spellings)

    let result = try classify(classifier)
    let logits = result.sorted { $0.index < $1.index }.map { Double($0.logit) }
    let powers = logits.map { exp($0) }
    let generated = detector.generated.reduce(0) { $0 + powers[$1] }
    let expected = logits.count == 1 ? 1 / (1 + exp(-logits[0])) : generated / powers.reduce(0, +)
    #expect(abs(Double(try #require(result.generatedScore)) - expected) < 1e-6)
    let leader = detector.generated.max { logits[$0] < logits[$1] }
    #expect(
      result.leadingGenerator == (detector.generated.count > 1 ? leader.map { detector.labels[$0] } : nil))
    // Of one generated label it is the label's own score, bit for bit.
    if detector.generated.count == 1 {
      #expect(result.generatedScore == result.first { $0.index == detector.generated[0] }?.score)
    }
  }

  @Test func spellingsAreComparedWithoutCaseAndSeparators() {
    for label in ["AI-generated", "ai_generated", "Ai Generated", "STABLE-DIFFUSION", "Other AI"] {
      #expect(GeneratedLabels.spelling(label) == .generated, "\(label)")
    }
    for label in ["not-ai-gen", "Not AI Gen", "REALISM"] {
      #expect(GeneratedLabels.spelling(label) == .real, "\(label)")
    }
    for label in ["aigenerated", "fakes", "", "ai ", "LABEL_0", "NSFW", "cat"] {
      #expect(GeneratedLabels.spelling(label) == nil, "\(label)")
    }
    // Each has its source, and none stands on both sides.
    for spelling in GeneratedLabels.spellings {
      #expect(!spelling.sources.isEmpty)
      #expect(GeneratedLabels.spelling(spelling.label) == spelling.meaning, "\(spelling.label)")
    }
  }

  /// A model whose labels say nothing of it classifies as ever, without P(AI).
  @Test(arguments: [
    (["NSFW", "SFW"], ["NSFW", "SFW"]), (["fake", "SFW"], ["SFW"]),
    (["LABEL_0", "LABEL_1"], ["LABEL_0", "LABEL_1"]),
    (["score"], ["score"]),
  ])
  func nothingIsGuessed(labels: [String], unknown: [String]) throws {
    let (classifier, _) = try load(labels)
    let expected = ImageClassifierError.unknownLabels(model: "model", labels: labels, unknown: unknown)
    #expect(throws: expected) { try classifier.generatedLabels }
    for word in labels + ["generatedLabels", "--generated-label"] {
      #expect(expected.description.contains(word))
    }
    let result = try classify(classifier)
    #expect(result.count == labels.count)
    #expect(result.generatedScore == nil)
    #expect(result.leadingGenerator == nil)
  }

  @Test func aSideMustBeLeft() throws {
    for (labels, areGenerated) in [(["fake", "ai"], true), (["human", "real"], false)] {
      let (classifier, _) = try load(labels)
      #expect(
        throws: ImageClassifierError.labelsOfOneSide(
          model: "model", labels: labels, areGenerated: areGenerated)
      ) { try classifier.generatedLabels }
    }
    for names in [["a", "b"], []] {
      #expect(
        throws: ImageClassifierError.labelsOfOneSide(
          model: "model", labels: ["a", "b"], areGenerated: !names.isEmpty)
      ) { try load(["a", "b"], generatedLabels: names) }
    }
    #expect(
      throws: ImageClassifierError.noSuchLabels(model: "model", labels: ["a", "b"], named: ["A", "c"])
    ) { try load(["a", "b"], generatedLabels: ["A", "b", "c"]) }
  }

  @Test func theCallerNamesTheLabels() throws {
    let (classifier, _) = try load(["a", "b", "c"], generatedLabels: ["c", "a"])
    let labels = try classifier.generatedLabels
    #expect((labels.names, labels.indices) == (["a", "c"], [0, 2]))
    #expect((labels.rule, labels.origin) == (.softmax, .caller))
    let result = try classify(classifier)
    let other = try #require(result.first { $0.label == "b" })
    #expect(abs(try #require(result.generatedScore) - (1 - other.score)) < 1e-6)
    // Against the table, too: the names overrule it.
    let (inverted, _) = try load(["fake", "real"], generatedLabels: ["real"])
    let answer = try classify(inverted)
    #expect(answer.generatedScore == answer.first { $0.label == "real" }?.score)
  }

  @Test func oneLogitIsReadByItsLabel() throws {
    let (plain, _) = try load(["LABEL_0"])
    #expect(try plain.generatedLabels.rule == .sigmoid)
    let generated = try #require(try classify(plain).generatedScore)
    for label in ["fake", "Deepfake"] {
      #expect(try classify(load([label]).0).generatedScore == generated)
    }
    let (real, _) = try load(["real"])
    #expect(try real.generatedLabels.rule == .complementOfSigmoid)
    #expect(try real.generatedLabels.names.isEmpty)
    #expect(try classify(real).generatedScore == 1 - generated)
    #expect(try classify(load(["x"], generatedLabels: ["x"]).0).generatedScore == generated)
    #expect(try classify(load(["x"], generatedLabels: []).0).generatedScore == 1 - generated)
    // Sigmoid, and not the pipeline's rule for one label of such a problem.
    #expect(
      try classify(load(["fake"], problemType: "multi_label_classification").0).generatedScore == generated)
  }

  @Test func labelsThatAreNotExclusiveHaveNoSum() throws {
    let problem = "multi_label_classification"
    let (several, _) = try load(["dalle", "real", "sd"], problemType: problem)
    let expected = ImageClassifierError.labelsNotExclusive(
      model: "model", labels: ["dalle", "real", "sd"], generated: ["dalle", "sd"])
    #expect(throws: expected) { try several.generatedLabels }
    #expect(try classify(several).generatedScore == nil)
    #expect(throws: expected) {
      try load(["dalle", "real", "sd"], generatedLabels: ["sd", "dalle"], problemType: problem)
    }
    let (one, _) = try load(["dalle", "real", "sd"], generatedLabels: ["sd"], problemType: problem)
    let result = try classify(one)
    #expect(result.generatedScore == result.first { $0.label == "sd" }?.score)
    #expect(try one.generatedLabels.rule == .sigmoid)

    let (numbers, _) = try load(["fake", "real"], problemType: "regression")
    #expect(throws: ImageClassifierError.labelsAreNumbers(model: "model", labels: ["fake", "real"])) {
      try numbers.generatedLabels
    }
  }

  @Test func neitherTopKNorTheFunctionChangesIt() throws {
    let (classifier, _) = try load(["dalle", "real", "sd"])
    let expected = try classify(classifier)
    for topK in [0, 1, 3] {
      for function in ClassificationFunction.allCases {
        let result = try classify(classifier, topK: topK, function)
        #expect(result.generatedScore == expected.generatedScore)
        #expect(result.leadingGenerator == expected.leadingGenerator)
      }
    }
    #expect(expected.generatedScore != nil)
  }

  @Test func extremeLogitsStayProbabilities() throws {
    let labels = try GeneratedLabels(of: ["dalle", "sd", "midjourney", "real"], model: "")
    for logits: [Float] in [
      [88, 88, 88, -88], [3e38, -3e38, 0, 0], [-3e38, -3e38, -3e38, 3e38], [0.1, 0.1, 0.1, -20],
    ] {
      let score = labels.score(logits)
      #expect((0...1).contains(score), "\(logits): \(score)")
    }
    #expect(labels.leader([1, 2, 2, 9]) == "sd")
    let real = try GeneratedLabels(of: ["real"], model: "")
    #expect(real.score([3e38]) == 0)
    #expect(real.score([-3e38]) == 1)
  }

  @Test func theResultsJSONHasIt() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    func members(_ labels: [String], id: String = "model") throws -> [String: Any] {
      let (classifier, _) = try load(labels, id: id)
      let data = try encoder.encode(classify(classifier))
      return try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
    }
    let three = try members(["dalle", "real", "sd"])
    #expect(three["generatedScore"] is Double)
    #expect(["dalle", "sd"].contains(three["leadingGenerator"] as? String))
    let two = try members(["fake", "real"])
    #expect(two["generatedScore"] is Double)
    #expect(two["leadingGenerator"] == nil)
    #expect((two["model"] as? [String: String])?["note"] == nil)
    #expect(try members(["NSFW", "SFW"])["generatedScore"] == nil)
    let inverted = try members(
      ["Realism", "Deepfake"], id: "prithivMLmods/Deep-Fake-Detector-v2-Model")
    #expect((inverted["model"] as? [String: String])?["note"]?.contains("wrong way round") == true)
  }

  /// What is said to be inverted is noted, and not corrected.
  @Test func anInvertedModelIsNotCorrected() throws {
    let labels = ["Realism", "Deepfake"]
    let (known, _) = try load(labels, id: "prithivMLmods/Deep-Fake-Detector-v2-Model")
    let (other, _) = try load(labels, id: "somebody/else")
    #expect(known.identity.note != nil)
    #expect(other.identity.note == nil)
    #expect(try classify(known).generatedScore == classify(other).generatedScore)
  }
}

/// `calibration.json`, which keeps the labels beside a model.
@Suite struct CalibrationFileTests {
  private func load(
    _ text: String, labels: [String] = ["a", "b"], generatedLabels: [String]? = nil
  ) throws -> ImageClassifier {
    let folder = try TemporaryDirectory()
    try LabelledModel.write(labels, to: folder.url)
    try folder.write(text, to: "calibration.json")
    return try ImageClassifier(folder: folder.url, generatedLabels: generatedLabels)
  }

  @Test func itNamesTheLabels() throws {
    let labels = try load(#"{"generated_labels": ["b"]}"#).generatedLabels
    #expect((labels.names, labels.origin) == (["b"], .calibrationFile))
    // The caller overrules it, and it overrules the table.
    let named = try load(#"{"generated_labels": ["b"]}"#, generatedLabels: ["a"]).generatedLabels
    #expect((named.names, named.origin) == (["a"], .caller))
    #expect(
      try load(#"{"generated_labels": ["real"]}"#, labels: ["fake", "real"]).generatedLabels.names == ["real"]
    )
    #expect(try load("{}", labels: ["fake", "real"]).generatedLabels.origin == .spellings)
  }

  @Test(arguments: [
    (#"{"generated_labels": ["b"], "threshold": 1.5}"#, "unsupported", "threshold"),
    (#"{"generated_labels": ["b"], "generated_labels": ["a"]}"#, "unsupported", "twice"),
    (#"{"generated_labels": ["c"]}"#, "unsupported", "no label c"),
    (#"{"generated_labels": ["a", "b"]}"#, "unsupported", "all of them"),
    (#"{"generated_labels": []}"#, "unsupported", "none of them"),
    (#"{"generated_labels": "b"}"#, "invalid-value", "list of strings"),
    (#"{"generated_labels": ["b", 1]}"#, "invalid-value", "list of strings"),
    (#"{"generated_labels": null}"#, "invalid-value", "list of strings"),
    (#"["b"]"#, "not-an-object", "object"), ("{", "invalid-json", "invalid JSON"),
    ("", "invalid-json", "invalid JSON"),
  ])
  func itIsReadStrictly(text: String, kind: String, words: String) throws {
    let error = try #require(throws: CheckpointError.self) { try load(text) }
    #expect(error.kind == kind)
    #expect(error.file.hasSuffix("/calibration.json"))
    #expect(error.description.contains(words), "\(error)")
  }

  /// A file that is wrong in itself is an error even where its labels are overruled; labels of another model are not.
  @Test func whatIsOverruledNeedNotFit() throws {
    #expect(try load(#"{"generated_labels": ["c"]}"#, generatedLabels: ["a"]).generatedLabels.names == ["a"])
    #expect(throws: CheckpointError.self) { try load(#"{"temperature": 2}"#, generatedLabels: ["a"]) }
  }

  @Test func savingKeepsWhatTheSpellingDoesNotSay() throws {
    let folder = try TemporaryDirectory()
    let source = folder.url.appendingPathComponent("source")
    let saved = folder.url.appendingPathComponent("saved")
    let file = saved.appendingPathComponent("calibration.json")
    func save(_ labels: [String], _ generated: [String]?) throws -> ImageClassifier {
      try LabelledModel.write(labels, to: source)
      try ImageClassifier(folder: source, generatedLabels: generated).save(toFolder: saved)
      return try ImageClassifier(folder: saved)
    }
    let named = try save(["a", "b"], ["b"])
    #expect(try named.generatedLabels.names == ["b"])
    #expect(
      try String(contentsOf: file, encoding: .utf8) == "{\n  \"generated_labels\": [\n    \"b\"\n  ]\n}\n")
    // Saved again from there, with nobody naming them.
    let again = folder.url.appendingPathComponent("again")
    try named.save(toFolder: again)
    #expect(try ImageClassifier(folder: again).generatedLabels.names == ["b"])
    // What the folder had from another model does not stay.
    #expect(try save(["fake", "real"], nil).generatedLabels.origin == .spellings)
    #expect(!FileManager.default.fileExists(atPath: file.path))
    #expect(try save(["fake", "real"], ["fake"]).generatedLabels.origin == .spellings)
    #expect(try save(["fake", "real"], ["real"]).generatedLabels.names == ["real"])
    #expect(throws: ImageClassifierError.self) { try save(["NSFW", "SFW"], nil).generatedLabels }
    #expect(try save(["real"], []).generatedLabels.rule == .complementOfSigmoid)
    #expect(try save(["x"], []).generatedLabels.origin == .calibrationFile)
  }
}
