#if Evidence
  import ImageEvidence

  #if canImport(FoundationEssentials)
    import FoundationEssentials
  #else
    import Foundation
  #endif

  extension ImageClassifier {
    /// Classifies one image and reads what its file says of its own origin, on the caller's thread and those of the budget.
    ///
    /// - Parameters:
    ///   - imageBytes: As for `classifyAndWait(imageBytes:topK:functionToApply:)`.
    ///   - reader: Whom to trust, and what reading may cost.
    ///   - time: For which certificates are judged where no trusted time-stamp says when they signed.
    ///   - topK: How many labels the result has.
    ///   - functionToApply: From logits to scores.
    /// - Throws: As `classifyAndWait(imageBytes:topK:functionToApply:)`: damaged metadata are findings.
    @available(*, noasync, message: "it blocks the thread; await examine, which runs on threads of its own")
    public func examineAndWait(
      imageBytes: some ContiguousBytes, reader: EvidenceReader = EvidenceReader(), time: Date = Date(),
      topK: Int = 5, functionToApply: ClassificationFunction? = nil
    ) throws -> Examination {
      let bytes = try Self.copiedBytes(of: imageBytes, limits)
      return Examination(
        classification: try classifyAndWait(imageBytes: bytes, topK: topK, functionToApply: functionToApply),
        evidence: reader.read(imageBytes: bytes, at: UTCTime(time)))
    }

    /// Classifies one image and reads what its file says; as
    /// `examineAndWait(imageBytes:reader:time:topK:functionToApply:)`, on a thread of its own.
    ///
    /// - Throws: As that; `CancellationError`, `ImageClassifierError.busy`, `.threadUnavailable`.
    public func examine(
      imageBytes: some ContiguousBytes & Sendable, reader: EvidenceReader = EvidenceReader(),
      time: Date = Date(), topK: Int = 5, functionToApply: ClassificationFunction? = nil
    ) async throws -> Examination {
      try await calls.run { [self] in
        try examineAndWait(
          imageBytes: imageBytes, reader: reader, time: time, topK: topK, functionToApply: functionToApply)
      }
    }
  }

  extension UTCTime {
    /// The second that a date lies in.
    public init(_ date: Date) {
      self.init(secondsSince1970: Int64(date.timeIntervalSince1970.rounded(.down)))
    }

    /// The beginning of the second.
    public var date: Date { Date(timeIntervalSince1970: Double(secondsSince1970)) }
  }
#endif
