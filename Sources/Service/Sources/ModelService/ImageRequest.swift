import AIGuardVision
import Foundation
import ResultStore

/// An image that somebody wants to know about.
package struct ImageRequest: Sendable {
  package var bytes: [UInt8]
  /// `nil` for the first one that is served.
  package var model: String?
  package var function: ClassificationFunction?
  package var owner: String
  /// The name of the file, where the client says it.
  package var sourceName: String?
  /// Whether a thumbnail is kept beside the result.
  package var keepsThumbnail: Bool

  package init(
    bytes: [UInt8], model: String? = nil, function: ClassificationFunction? = nil, owner: String,
    sourceName: String? = nil, keepsThumbnail: Bool = false
  ) {
    self.bytes = bytes
    self.model = model
    self.function = function
    self.owner = owner
    self.sourceName = sourceName
    self.keepsThumbnail = keepsThumbnail
  }
}

/// What is known of it.
package struct ImageAnswer: Sendable {
  package var result: StoredResult
  /// Whether it was known before, or is the answer to an equal request at the same time.
  package var isCached: Bool
}

/// The fields of a stored `Examination` that the faces need.
package struct ExaminationFields: Decodable, Sendable {
  package struct Prediction: Decodable, Sendable, Equatable {
    package var label: String
    package var score: Float
    package var logit: Float

    package init(label: String, score: Float, logit: Float) {
      self.label = label
      self.score = score
      self.logit = logit
    }
  }

  package struct Classification: Decodable, Sendable {
    /// Best first.
    package var predictions: [Prediction]
    package var generatedScore: Double?
  }

  package var classification: Classification
}

extension StoredResult {
  /// Its predictions and verdict.
  ///
  /// - Throws: `ResultStoreError.corrupt`.
  package func examination() throws -> ExaminationFields {
    do {
      return try JSONDecoder().decode(ExaminationFields.self, from: content.examination)
    } catch {
      throw ResultStoreError.corrupt("the examination of \(id): \(error)")
    }
  }
}
