import Foundation

/// What makes two classifications the same one: the same key is the same answer, so that it need not be computed again.
package struct ResultKey: Sendable, Hashable {
  /// SHA-256 of the image file, 32 bytes.
  package var contentSHA256: Data
  /// SHA-256 of the weights, 32 bytes.
  package var modelSHA256: Data
  /// Profile, policy, precision, function, calibration and version, as one text. The kernel level is not in it: the last bits
  /// of logits may differ between two machines that share a store.
  package var settings: String

  package init(contentSHA256: Data, modelSHA256: Data, settings: String) {
    self.contentSHA256 = contentSHA256
    self.modelSHA256 = modelSHA256
    self.settings = settings
  }
}

/// A classification that is kept.
package struct StoredResult: Sendable, Equatable {
  /// Its place in the order of arrival, which pages go by.
  package var sequence: Int64
  /// What clients call it.
  package var id: UUID
  /// Whose it is.
  package var owner: String
  package var content: NewResult
  package var created: Date
  /// The last review, if there is one.
  package var review: Review?
}

/// A classification that is to be kept.
package struct NewResult: Sendable, Equatable {
  package var key: ResultKey
  /// Of the file.
  package var byteCount: Int64
  /// The name that the client gave to the file, if names are kept.
  package var sourceName: String?
  /// The model's id.
  package var model: String
  /// `real`, `fake`, `unsure`; `nil` for a model without a calibration.
  package var verdict: String?
  /// P(AI), calibrated where the model is; `nil` where labels say nothing of it.
  package var score: Double?
  /// How pixels and evidence agree: the name of an `Examination.Agreement`.
  package var agreement: String
  /// The `Examination` in JSON, with all labels of the model: UTF-8.
  package var examination: Data
  /// A small JPEG, if the client asked to keep one.
  package var thumbnail: Data?
  /// How long it took, in milliseconds.
  package var milliseconds: Int64
  /// When it is to be deleted; `nil` for never.
  package var expires: Date?

  package init(
    key: ResultKey, byteCount: Int64, sourceName: String? = nil, model: String, verdict: String?,
    score: Double?,
    agreement: String, examination: Data, thumbnail: Data? = nil, milliseconds: Int64,
    expires: Date? = nil
  ) {
    self.key = key
    self.byteCount = byteCount
    self.sourceName = sourceName
    self.model = model
    self.verdict = verdict
    self.score = score
    self.agreement = agreement
    self.examination = examination
    self.thumbnail = thumbnail
    self.milliseconds = milliseconds
    self.expires = expires
  }
}

/// What a person decided about a result. Reviews are only added; the last one counts.
package struct Review: Sendable, Equatable {
  package enum Decision: String, Sendable, CaseIterable, Codable { case real, fake, unsure }

  package var reviewer: String
  package var decision: Decision
  package var note: String?
  package var created: Date

  package init(reviewer: String, decision: Decision, note: String?, created: Date) {
    self.reviewer = reviewer
    self.decision = decision
    self.note = note
    self.created = created
  }
}

/// Which results are wanted, the newest first.
package struct ResultQuery: Sendable, Equatable {
  /// The most that a page has.
  package static let largestPage = 200

  package var owner: String
  /// Only those that arrived before this one.
  package var before: Int64?
  package var limit: Int
  package var verdict: String?
  package var isReviewed: Bool?
  package var since: Date?

  package init(
    owner: String, before: Int64? = nil, limit: Int = 50, verdict: String? = nil, isReviewed: Bool? = nil,
    since: Date? = nil
  ) {
    self.owner = owner
    self.before = before
    self.limit = min(max(limit, 1), Self.largestPage)
    self.verdict = verdict
    self.isReviewed = isReviewed
    self.since = since
  }
}

/// Some results, and where the next page begins.
package struct ResultPage: Sendable, Equatable {
  package var results: [StoredResult]
  /// `nil` on the last page.
  package var next: Int64?
}
