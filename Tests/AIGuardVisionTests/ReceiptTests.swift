import Foundation
import TestSupport
import Testing

@testable import AIGuardVision
@testable import Platform

/// Receipts: what they hash, that they hold, and at which stage they do not.
@Suite struct ReceiptTests {
  private let photo = Fixtures.url("photos/chelsea.jpg").path

  private func bytes() throws -> [UInt8] { try ImageFile.read(photo, limits: .default) }

  private func model(
    _ labels: [String] = ["fake", "real"], calibrated: Bool = true, generatedLabels: [String]? = nil,
    fixture: String? = nil, processor: String = LabelledModel.defaultProcessor
  ) throws -> (ImageClassifier, TemporaryDirectory) {
    let folder = try TemporaryDirectory()
    try LabelledModel.write(labels, to: folder.url, fixture: fixture, processor: processor)
    if calibrated {
      let plain = try ImageClassifier(folder: folder.url.path)
      let calibration = try VerdictTests.calibration(
        temperature: 1, bias: 0, from: 0.5, to: 0.5, weights: plain.identity.sha256)
      try Data(CalibrationFile(calibration: calibration).text.utf8)
        .write(to: folder.url.appendingPathComponent("calibration.json"))
    }
    return (try ImageClassifier(folder: folder.url.path, generatedLabels: generatedLabels), folder)
  }

  private func sha256(_ text: String) throws -> String { try SHA256.hexadecimal(ofText: text) }

  @Test func aReceiptSaysWhatWasDone() async throws {
    let (classifier, folder) = try model()
    let bytes = try bytes()
    let time = Date(timeIntervalSince1970: 1_795_737_600)
    let (result, receipt) = try await classifier.receipt(imageBytes: bytes, topK: 1, time: time)
    #expect(try await classifier.classify(imageBytes: bytes, topK: 1) == result && result.count == 1)
    #expect(receipt.time == "2026-11-27T00:00:00Z")
    #expect(receipt.file.byteCount == bytes.count)
    // By sha256sum.
    #expect(try receipt.file.sha256 == bytes.withUnsafeBytes { try SHA256.hexadecimal(of: $0) })
    let decoded = try ImageDecoder.decode(bytes)
    #expect(try receipt.image.sha256 == decoded.image.withUnsafeBytes { try SHA256.hexadecimal(of: $0) })
    #expect(receipt.image.format == "JPEG" && receipt.image.width == decoded.image.width)
    let pixels = try bytes.withUnsafeBytes { try classifier.processor.preprocess(imageBytes: $0) }
    #expect(receipt.pixelValues.shape == [1, 3, 12, 12])
    #expect(
      try receipt.pixelValues.sha256
        == pixels.withUnsafeBufferPointer { try SHA256.hexadecimal(of: UnsafeRawBufferPointer($0)) })
    #expect(try receipt.model.sha256 == classifier.identity.sha256)
    let calibration = try String(
      contentsOf: folder.url.appendingPathComponent("calibration.json"), encoding: .utf8)
    #expect(try receipt.model.calibrationSHA256 == sha256(calibration))
    #expect(receipt.outcome.labels == ["fake", "real"])
    #expect(try receipt.outcome.logits == classifier.logits(pixels).elements)
    #expect(receipt.outcome.verdict == result.verdict?.name && receipt.outcome.verdict != nil)
    #expect(receipt.software.codecs["JPEG"]?.contains("libjpeg") == true)
    #if Evidence
      #expect(receipt.evidenceSHA256?.count == 64)
    #else
      #expect(receipt.evidenceSHA256 == nil)
    #endif
  }

  @Test func aFileReadsBackAsItself() async throws {
    let (classifier, folder) = try model(calibrated: false)
    defer { withExtendedLifetime(folder) {} }
    let receipt = try await classifier.receipt(imageBytes: bytes()).receipt
    let key = try Ed25519PrivateKey(raw: [UInt8](0..<32))
    for file in [try ReceiptFile(receipt), try ReceiptFile(receipt, signedWith: key)] {
      let again = try ReceiptFile(contents: Array(file.text.utf8))
      #expect(again == file && again.receipt == receipt)
      // In another order, with white space: the same receipt.
      let object = try JSONSerialization.jsonObject(with: Data(file.text.utf8))
      let pretty = try JSONSerialization.data(withJSONObject: object, options: .prettyPrinted)
      #expect(try ReceiptFile(contents: Array(pretty)).sha256 == file.sha256)
    }
    let signed = try ReceiptFile(receipt, signedWith: key)
    try signed.check(signedBy: key.publicKey)
    let other = try Ed25519PrivateKey(raw: [UInt8](1..<33)).publicKey
    let otherSigner = try #require(throws: ReceiptError.self) { try signed.check(signedBy: other) }
    #expect(otherSigner == .otherSigner(expected: other.description, found: try key.publicKey.description))
    #expect(throws: ReceiptError.notSigned) { try ReceiptFile(receipt).check(signedBy: other) }
  }

  @Test func whatIsChangedIsRefused() async throws {
    let (classifier, folder) = try model()
    defer { withExtendedLifetime(folder) {} }
    let receipt = try await classifier.receipt(imageBytes: bytes()).receipt
    let key = try Ed25519PrivateKey(raw: [UInt8](0..<32))
    let file = try ReceiptFile(receipt, signedWith: key)
    func error(_ text: String) throws -> ReceiptError {
      try #require(throws: ReceiptError.self) { try ReceiptFile(contents: Array(text.utf8)) }
    }
    // Another verdict under the old hash, and under one that was made anew.
    var forged = receipt
    forged.outcome.verdict = receipt.outcome.verdict == "real" ? "fake" : "real"
    let body = try forged.canonicalText
    let fresh = try ReceiptFile(forged).sha256
    #expect(
      try error(file.text.replacing(receipt.canonicalText, with: body))
        == .changed(recorded: file.sha256, found: fresh))
    #expect(
      try error(
        file.text.replacing(receipt.canonicalText, with: body).replacing(file.sha256, with: fresh))
        == .badSignature)
    // Members that are not known, whether the hash knows them or not.
    let plain = try ReceiptFile(receipt)
    let more = body.dropLast() + #","zebra":1}"#
    let moreText = #"{"receipt":\#(more),"sha256":"\#(try sha256(String(more)))"}"#
    for text in [
      "", "[]", "{}", "{", plain.text.replacing(#"{"receipt""#, with: #"{"more":1,"receipt""#), moreText,
      file.text.replacing("Ed25519", with: "Ed448"), file.text.replacing(#""value":""#, with: #""value":"0"#),
      plain.text.replacing("\"sha256\":\"\(plain.sha256)\"", with: "\"sha256\":1"),
    ] {
      guard case .invalid = try error(text) else {
        Issue.record("\(text.prefix(60)): \(try error(text))")
        continue
      }
    }
    var later = receipt
    later.receiptVersion = 2
    #expect(try error(ReceiptFile(later).text) == .unknownVersion(2))
    var short = receipt
    short.outcome.logits = []
    guard case .invalid = try error(ReceiptFile(short).text) else {
      Issue.record("logits")
      return
    }
  }

  @Test func theSameHolds() async throws {
    let (classifier, folder) = try model()
    defer { withExtendedLifetime(folder) {} }
    let receipt = try await classifier.receipt(imageBytes: bytes()).receipt
    let replay = try await classifier.replay(receipt, imageBytes: bytes())
    #expect(replay.firstDifference == nil && replay.notes.isEmpty)
    #expect(replay.stages.map(\.stage) == ReceiptStage.allCases)
    #expect(replay.stages.allSatisfy { $0.state == .same })
  }

  /// Each stage by something that is really otherwise there.
  @Test func theFirstDifferenceIsNamed() async throws {
    let (classifier, folder) = try model()
    defer { withExtendedLifetime(folder) {} }
    let file = try bytes()
    let receipt = try await classifier.receipt(imageBytes: file).receipt
    func first(_ classifier: ImageClassifier, _ bytes: [UInt8]) async throws -> [ReceiptStage] {
      try await classifier.replay(receipt, imageBytes: bytes).stages.filter {
        if case .different = $0.state { true } else { false }
      }.map(\.stage)
    }
    // A byte behind the image: other bytes, which the evidence names, and nothing else.
    #expect(try await first(classifier, file + [0]) == [.bytes, .evidence])
    // The same image encoded anew: all that follows from pixels.
    let again = try ImageEncoder.encode(ImageDecoder.decode(file).image, as: .jpeg(quality: 30))
    #expect(Array(try await first(classifier, again).prefix(3)) == [.bytes, .decodedPixels, .pixelValues])
    // An image processor that normalises otherwise.
    let (darker, other) = try model(
      processor: #"{"image_processor_type": "ViTImageProcessor", "size": 12, "image_mean": [0.4, 0.5, 0.5]}"#)
    defer { withExtendedLifetime(other) {} }
    #expect(Array(try await first(darker, file).prefix(2)) == [.pixelValues, .configuration])
    // Other weights, of the same configuration but for the network's shape.
    let (weights, third) = try model(calibrated: false, fixture: "architectures/clip")
    defer { withExtendedLifetime(third) {} }
    let ofWeights = try await first(weights, file)
    #expect(
      Array(ofWeights.prefix(3)) == [.model, .configuration, .calibration] && ofWeights.contains(.logits))
    // Labels that were named by hand.
    let (named, fourth) = try model(generatedLabels: ["fake"])
    defer { withExtendedLifetime(fourth) {} }
    #expect(try await first(named, file) == [.configuration])
    // No calibration.
    let (plain, fifth) = try model(calibrated: false)
    defer { withExtendedLifetime(fifth) {} }
    #expect(try await first(plain, file) == [.calibration, .verdict])
    // What is no image any more.
    let replay = try await classifier.replay(receipt, imageBytes: [1, 2, 3])
    #expect(replay.firstDifference == .bytes)
    #expect(replay.stages.dropFirst().allSatisfy { if case .notReached = $0.state { true } else { false } })
  }

  /// A receipt of another level: its last bits may differ, and no more.
  @Test func anotherLevelMayBeNear() async throws {
    let (classifier, folder) = try model()
    defer { withExtendedLifetime(folder) {} }
    let bytes = try bytes()
    var receipt = try await classifier.receipt(imageBytes: bytes).receipt
    let own = receipt.software.kernels
    receipt.outcome.logits[0] = receipt.outcome.logits[0].nextUp
    // On the same level a bit is a difference.
    #expect(try await classifier.replay(receipt, imageBytes: bytes).firstDifference == .logits)
    receipt.software.kernels = own == .portable ? .avx2 : .portable
    let near = try await classifier.replay(receipt, imageBytes: bytes)
    #expect(near.firstDifference == nil && near.stages[6].state.name == "near")
    #expect(near.notes.count == 1 && near.notes[0].contains(receipt.software.kernels.rawValue))
    receipt.outcome.logits[0] += 0.01
    #expect(try await classifier.replay(receipt, imageBytes: bytes).firstDifference == .logits)
    receipt.software.codecs["JPEG"] = "another"
    #expect(try await classifier.replay(receipt, imageBytes: bytes).notes.count == 2)
  }

  @Test func otherSettingsAreRefused() async throws {
    let (classifier, folder) = try model()
    defer { withExtendedLifetime(folder) {} }
    var receipt = try await classifier.receipt(imageBytes: bytes()).receipt
    receipt.settings.policy = .pipeline
    await #expect(
      throws: ReceiptError.otherSetting(name: "policy", recorded: "pipeline", found: "asStored")
    ) { try await classifier.replay(receipt, imageBytes: bytes()) }
  }
}
