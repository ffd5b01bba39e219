import AIGuardVision
import Foundation
import ModelService
import ResultStore

/// A result in JSON: what is known of the request, and the members of the examination, as the tool writes them.
enum ResultBody {
  private struct ReviewFields: Encodable {
    var reviewer: String
    var decision: String
    var note: String?
    var created: String
  }

  /// - Parameter isCached: Of an answer to an upload.
  static func json(_ result: StoredResult, isCached: Bool? = nil) throws -> Data {
    let content = result.content
    let id = result.id.uuidString.lowercased()
    let review = try result.review.map {
      try StableJSON.data(
        ReviewFields(
          reviewer: $0.reviewer, decision: $0.decision.rawValue, note: $0.note, created: time($0.created)))
    }
    // One of these is made for every answer, and what `Codable` takes for it is a tenth of what an answer costs.
    return StableJSON.object([
      ("byteCount", StableJSON.number(content.byteCount)),
      ("cached", isCached.map { Data(($0 ? "true" : "false").utf8) }),
      ("created", try StableJSON.string(time(result.created))),
      ("expires", try content.expires.map { try StableJSON.string(time($0)) }),
      ("id", try StableJSON.string(id)),
      ("milliseconds", StableJSON.number(content.milliseconds)),
      ("model", try StableJSON.string(content.model)),
      ("name", try content.sourceName.map(StableJSON.string)),
      ("review", review),
      ("score", content.score.map { StableJSON.number($0) }),
      ("sha256", try StableJSON.string(Hexadecimal.text(content.key.contentSHA256))),
      ("thumbnail", try content.thumbnail.map { _ in try StableJSON.string("/v1/results/\(id)/thumbnail") }),
      ("verdict", try content.verdict.map(StableJSON.string)),
      ("examination", content.examination),
    ])
  }

  /// Several, in an object.
  static func page(_ page: ResultPage) throws -> Data {
    StableJSON.object([
      ("next", page.next.map { StableJSON.number($0) } ?? Data("null".utf8)),
      ("results", StableJSON.array(try page.results.map { try json($0) })),
    ])
  }

  /// In UTC, with milliseconds.
  static func time(_ date: Date) -> String {
    let milliseconds = Int64((date.timeIntervalSince1970 * 1000).rounded())
    let (second, rest) = milliseconds.quotientAndRemainder(dividingBy: 1000)
    return UTCTime(secondsSince1970: second).description.dropLast() + ".\("\(1000 + rest)".dropFirst())Z"
  }
}
