import ImageProcessor
import JSONText
import Platform

#if Evidence
  import ImageEvidence
#endif
#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension ImageClassifier {
  /// Classifies one image, and says in a receipt what was done, on the caller's thread and those of the budget.
  ///
  /// The first receipt of a classifier takes as long as hashing its weights besides.
  ///
  /// - Parameters:
  ///   - imageBytes: As for `classifyAndWait(imageBytes:topK:functionToApply:)`.
  ///   - topK: How many labels the result has; the receipt has all.
  ///   - functionToApply: From logits to scores; the receipt has logits.
  ///   - time: What the receipt says of when it was made.
  /// - Returns: The result, as `classify` gives it, and the receipt.
  /// - Throws: As `classifyAndWait(imageBytes:topK:functionToApply:)`, and as `ModelIdentity.sha256`.
  @available(*, noasync, message: "it blocks the thread; await receipt, which runs on threads of its own")
  public func receiptAndWait(
    imageBytes: some ContiguousBytes, topK: Int = 5, functionToApply: ClassificationFunction? = nil,
    time: Date = Date()
  ) throws -> (result: ClassificationResult, receipt: Receipt) {
    try receipt(of: Self.copiedBytes(of: imageBytes, limits), topK, functionToApply, time)
  }

  /// Classifies one image, and says in a receipt what was done; as
  /// `receiptAndWait(imageBytes:topK:functionToApply:time:)`, on a thread of its own.
  ///
  /// - Throws: As that; `CancellationError`, `ImageClassifierError.busy`, `.threadUnavailable`.
  public func receipt(
    imageBytes: some ContiguousBytes & Sendable, topK: Int = 5,
    functionToApply: ClassificationFunction? = nil,
    time: Date = Date()
  ) async throws -> (result: ClassificationResult, receipt: Receipt) {
    try await calls.run { [self] in
      try receipt(of: Self.copiedBytes(of: imageBytes, limits), topK, functionToApply, time)
    }
  }

  private func receipt(
    of bytes: [UInt8], _ topK: Int, _ functionToApply: ClassificationFunction?, _ time: Date
  ) throws -> (result: ClassificationResult, receipt: Receipt) {
    guard topK >= 0 else { throw ImageClassifierError.invalidTopK(topK) }
    let (decoded, pixelValues) = try budget.withCompute { _ in
      let decoded = try ImageDecoder.decode(bytes, limits: limits, alpha: processor.alphaHandling(policy))
      return (decoded, try processor.preprocess(decoded, policy: policy, limits: limits))
    }
    let facts = decoded.facts
    let result = try results(
      of: pixelValues, facts: [facts], topK: labels.count, functionToApply: functionToApply)[0]
    var codecs: [String: String] = [:]
    for codec in ImageDecoder.codecVersions { codecs[codec.format.rawValue] = codec.version }
    let provenance = result.provenance
    let receipt = Receipt(
      receiptVersion: Receipt.currentVersion, time: time.formatted(.iso8601),
      file: .init(
        sha256: try bytes.withUnsafeBytes { try SHA256.hexadecimal(of: $0) }, byteCount: bytes.count),
      image: .init(
        format: facts.format.rawValue, mode: facts.mode, width: facts.width, height: facts.height,
        sha256: try decoded.image.withUnsafeBytes { try SHA256.hexadecimal(of: $0) }),
      pixelValues: .init(
        shape: pixelValues.shape,
        sha256: try pixelValues.withUnsafeBufferPointer {
          try SHA256.hexadecimal(of: UnsafeRawBufferPointer($0))
        }),
      model: try receiptModel(),
      settings: .init(
        profile: provenance.profile, policy: provenance.policy, precision: provenance.precision),
      software: .init(version: provenance.version, kernels: provenance.kernels, codecs: codecs),
      outcome: .init(
        labels: labels, logits: result.sorted { $0.index < $1.index }.map(\.logit),
        generatedLogOdds: result.generatedLogOdds, verdict: result.verdict?.name,
        unsureReasons: result.verdict.flatMap { $0.reasons.isEmpty ? nil : $0.reasons.map(\.kind) },
        calibratedScore: result.calibratedScore),
      evidenceSHA256: try Self.evidenceSHA256(of: bytes, time))
    return (result.best(topK), receipt)
  }

  /// Of what the file says of its own origin to somebody who trusts no signer; `nil` without the trait `Evidence`.
  private static func evidenceSHA256(of bytes: [UInt8], _ time: Date) throws -> String? {
    #if Evidence
      let report = EvidenceReader().read(imageBytes: bytes, at: UTCTime(time))
      return try SHA256.hexadecimal(ofText: Receipt.canonicalText(of: report))
    #else
      return nil
    #endif
  }

  /// Which model this is, as a receipt says it.
  package func receiptModel() throws -> Receipt.Model {
    let generated = try? generatedLabels
    let names = generated?.names
    let file = CalibrationFile(
      generatedLabels: generated?.origin == .calibrationFile ? names : nil, calibration: calibration)
    let hasCalibration = file.generatedLabels != nil || file.calibration != nil
    return Receipt.Model(
      id: identity.id, sha256: try identity.sha256,
      configurationSHA256: try SHA256.hexadecimal(ofText: JSONValue.object(config.json).pythonText + "\n"),
      preprocessorSHA256: try SHA256.hexadecimal(ofText: processor.config.json.pythonText + "\n"),
      calibrationSHA256: try hasCalibration ? SHA256.hexadecimal(ofText: file.text) : nil,
      generatedLabels: generated?.origin == .caller ? names : nil)
  }
}

extension ClassificationResult {
  /// The same with the best labels only.
  fileprivate func best(_ count: Int) -> ClassificationResult {
    ClassificationResult(
      classifications: Array(classifications.prefix(count)), generatedScore: generatedScore,
      leadingGenerator: leadingGenerator, generatedLogOdds: generatedLogOdds, verdict: verdict,
      calibratedScore: calibratedScore, image: image, provenance: provenance)
  }
}
