#if Evidence
  import AIGuardVision
  import Foundation
  import TestSupport
  import Testing

  /// Pixels and file, side by side.
  @Suite struct ExaminationTests {
    private static let time = Date(timeIntervalSince1970: 1_795_651_200)  // 2026-11-26

    private func classifier(_ labels: [String], in folder: TemporaryDirectory) throws -> ImageClassifier {
      let path = folder.url.appendingPathComponent(labels[0])
      try LabelledModel.write(
        labels, to: path, processor: #"{"image_processor_type": "ViTImageProcessor", "size": 12}"#)
      return try ImageClassifier(folder: path.path)
    }

    private func sample(_ name: String) throws -> [UInt8] { try Fixtures.bytes("evidence/\(name)") }

    /// The same network with its labels the other way round says the opposite of the same pixels.
    @Test func networksThatSayTheOppositeAgreeAndConflict() throws {
      let folder = try TemporaryDirectory()
      let both = [
        try classifier(["fake", "real"], in: folder), try classifier(["real", "fake"], in: folder),
      ]
      let bytes = try sample("c2pa/samples/c01-jpeg-es256-v2-ai.jpg")
      var agreements: Set<Examination.Agreement> = []
      for classifier in both {
        let examination = try classifier.examineAndWait(imageBytes: bytes, time: Self.time)
        // Nothing of the file moves the score.
        #expect(try examination.classification == classifier.classifyAndWait(imageBytes: bytes))
        #expect(examination.deciding?.claim == .generated)
        let looksGenerated = try #require(examination.classification.generatedScore) > 0.5
        #expect(examination.agreement == (looksGenerated ? .agree : .conflict))
        #expect(examination.summary.hasPrefix("CONFLICT: ") == !looksGenerated)
        agreements.insert(examination.agreement)
      }
      #expect(agreements == [.agree, .conflict])
    }

    @Test func bothFormsGiveTheSame() async throws {
      let folder = try TemporaryDirectory()
      let examination = try await classifier(["fake", "real"], in: folder).examine(
        imageBytes: sample("m01-a1111.png"), time: Self.time)
      let other = try await Task.detached { [self] in try blocking(sample("m01-a1111.png"), folder) }.value
      #expect(examination.classification == other.classification && examination.evidence == other.evidence)
    }

    private func blocking(_ bytes: [UInt8], _ folder: TemporaryDirectory) throws -> Examination {
      try ImageClassifier(folder: folder.url.appendingPathComponent("fake").path)
        .examineAndWait(imageBytes: bytes, time: Self.time)
    }

    @Test func silentFilesLeaveThePixelsAlone() throws {
      let folder = try TemporaryDirectory()
      let classifier = try classifier(["fake", "real"], in: folder)
      let examination = try classifier.examineAndWait(imageBytes: sample("m52-none.jpg"), time: Self.time)
      #expect(examination.agreement == .pixelsOnly)
      #expect(examination.summary.hasSuffix("the file says nothing of how it was made"))
      // Labels that nobody knows: the pixels say nothing of generation.
      let other = try self.classifier(["cat", "dog"], in: folder)
      #expect(
        try other.examineAndWait(imageBytes: sample("m52-none.jpg"), time: Self.time).agreement == .neither)
      #expect(
        try other.examineAndWait(imageBytes: sample("m01-a1111.png"), time: Self.time).agreement
          == .evidenceOnly)
    }

    /// A capture that anybody may have written weighs little, and it is a statement all the same.
    @Test func claimsOfCapturesAreTheOtherSide() throws {
      let folder = try TemporaryDirectory()
      let examination = try classifier(["fake", "real"], in: folder).examineAndWait(
        imageBytes: sample("m36-digitalcapture-xmp.webp"), time: Self.time)
      let looksGenerated = try #require(examination.classification.generatedScore) > 0.5
      #expect(examination.deciding?.claim == .captured)
      #expect(examination.agreement == (looksGenerated ? .conflict : .agree))
    }

    @Test func bothAreEncodedApart() throws {
      let folder = try TemporaryDirectory()
      let examination = try classifier(["fake", "real"], in: folder).examineAndWait(
        imageBytes: sample("m01-a1111.png"), time: Self.time)
      let object = try #require(
        try JSONSerialization.jsonObject(with: JSONEncoder().encode(examination)) as? [String: Any])
      #expect(Set(object.keys) == ["agreement", "summary", "classification", "evidence"])
      let evidence = try JSONSerialization.data(withJSONObject: try #require(object["evidence"]))
      #expect(try JSONDecoder().decode(EvidenceReport.self, from: evidence) == examination.evidence)
    }

    /// The report is a part of receipts, read with no anchors at their time.
    @Test func receiptsHaveTheEvidence() throws {
      let folder = try TemporaryDirectory()
      let classifier = try classifier(["fake", "real"], in: folder)
      let bytes = try sample("c2pa/samples/c01-jpeg-es256-v2-ai.jpg")
      let receipt = try classifier.receiptAndWait(imageBytes: bytes, time: Self.time).receipt
      let hash = try #require(receipt.evidenceSHA256)
      #expect(
        hash != (try classifier.receiptAndWait(imageBytes: bytes, time: Self.time + 1).receipt.evidenceSHA256)
      )
      #expect(try classifier.replayAndWait(receipt, imageBytes: bytes).firstDifference == nil)
      var other = receipt
      other.evidenceSHA256 = String(hash.reversed())
      #expect(try classifier.replayAndWait(other, imageBytes: bytes).firstDifference == .evidence)
      other.evidenceSHA256 = nil
      #expect(try classifier.replayAndWait(other, imageBytes: bytes).firstDifference == nil)
    }
  }
#endif
