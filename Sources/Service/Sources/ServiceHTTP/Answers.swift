import Foundation
import HTTPTypes
import Hummingbird
import ModelService

extension Response {
  /// An answer of some type.
  ///
  /// - Parameter headers: Besides the type.
  static func bytes(
    _ bytes: some Collection<UInt8>, type: String, status: HTTPResponse.Status = .ok,
    headers: HTTPFields = [:]
  ) -> Response {
    var headers = headers
    headers[.contentType] = type
    return Response(
      status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
  }

  static func json(_ value: some Encodable, status: HTTPResponse.Status = .ok) throws -> Response {
    json(data: try StableJSON.data(value), status: status)
  }

  static func json(data: Data, status: HTTPResponse.Status = .ok) -> Response {
    bytes(data, type: "application/json", status: status)
  }
}

/// A label with its score, as several protocols have it.
struct LabelScore: Encodable {
  var label: String
  var score: Float

  init(_ prediction: ExaminationFields.Prediction) {
    label = prediction.label
    score = prediction.score
  }
}
