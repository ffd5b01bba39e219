import Foundation
import ModelService
import ResultStore

/// A result in JSON: what is known of the request, and the members of the examination, as the tool writes them.
enum ResultBody {
  private struct Fields: Encodable {
    struct ReviewFields: Encodable {
      var reviewer: String
      var decision: String
      var note: String?
      var created: String
    }

    var id: String
    var created: String
    var sha256: String
    var byteCount: Int64
    var name: String?
    var model: String
    var verdict: String?
    var score: Double?
    var milliseconds: Int64
    var cached: Bool?
    var expires: String?
    var review: ReviewFields?
    var thumbnail: String?
  }

  /// - Parameter isCached: Of an answer to an upload.
  static func json(_ result: StoredResult, isCached: Bool? = nil) throws -> Data {
    let content = result.content
    let fields = Fields(
      id: result.id.uuidString.lowercased(), created: time(result.created),
      sha256: Hexadecimal.text(content.key.contentSHA256), byteCount: content.byteCount,
      name: content.sourceName, model: content.model, verdict: content.verdict, score: content.score,
      milliseconds: content.milliseconds, cached: isCached, expires: content.expires.map(time),
      review: result.review.map {
        Fields.ReviewFields(
          reviewer: $0.reviewer, decision: $0.decision.rawValue, note: $0.note, created: time($0.created))
      },
      thumbnail: content.thumbnail == nil ? nil : "/v1/results/\(result.id.uuidString.lowercased())/thumbnail"
    )
    return StableJSON.adding("examination", content.examination, to: try StableJSON.data(fields))
  }

  /// Several, in an object.
  static func page(_ page: ResultPage) throws -> Data {
    StableJSON.adding(
      "results", StableJSON.array(try page.results.map { try json($0) }),
      to: Data("{\"next\":\(page.next.map { "\($0)" } ?? "null")}".utf8))
  }

  /// In UTC, with milliseconds.
  static func time(_ date: Date) -> String {
    date.formatted(
      .iso8601.year().month().day().timeZone(separator: .omitted).time(includingFractionalSeconds: true))
  }
}
