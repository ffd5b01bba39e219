import AIGuardVision
import Foundation
import HTTPTypes
import Hummingbird
import ModelService

/// The images of a request: the body itself, a form's files, or in JSON base64 or a URL.
struct ImageInput: Sendable {
  struct File: Sendable {
    var name: String?
    var bytes: [UInt8]
  }

  var files: [File]
  /// The form's fields that are no files.
  var fields: [String: String] = [:]

  /// - Throws: `ServiceFailure`.
  init(_ request: Request, _ body: RequestBody) async throws {
    let type = request.headers[.contentType]
    let boundary = try MultipartForm.boundary(ofContentType: type)
    let bytes = try await body.bytes(of: request)
    let kind = type.map { HeaderParameters($0).value }
    if let boundary {
      let form = try MultipartForm(bytes, boundary: boundary)
      files = form.files().map { File(name: $0.fileName, bytes: $0.bytes) }
      for part in form.parts where part.fileName == nil {
        fields[part.name] = String(decoding: part.bytes, as: UTF8.self)
      }
      guard !files.isEmpty else { throw ServiceFailure.invalid("the form has no file") }
    } else if kind == "application/json" {
      struct Body: Decodable {
        var image: Data?
        var url: String?
        var name: String?
      }
      guard let json = try? JSONDecoder().decode(Body.self, from: Data(bytes)),
        (json.image == nil) != (json.url == nil)
      else {
        throw ServiceFailure.invalid(
          "JSON has to be {\"image\": \"base64\", \"name\": \"optional\"}, or \"url\" for \"image\"")
      }
      if let image = json.image {
        files = [File(name: json.name, bytes: [UInt8](image))]
      } else {
        guard let fetcher = body.fetcher else {
          throw ServiceFailure.urlRefused("this service fetches nothing (--fetch-from)")
        }
        files = [File(name: json.name, bytes: try await fetcher.bytes(of: json.url ?? ""))]
      }
    } else if kind == "application/x-www-form-urlencoded" {
      // What curl says of --data-binary, unless it is told otherwise: the bytes are the image.
      files = [File(name: nil, bytes: bytes)]
    } else {
      files = [File(name: request.uri.queryParameters.get("name"), bytes: bytes)]
    }
  }
}

extension Request {
  /// A parameter that is true or false.
  func flag(_ name: String) throws(ServiceFailure) -> Bool {
    switch uri.queryParameters.get(name) {
    case nil, "false", "0": false
    case "", "true", "1": true
    case let other?: throw .invalid("\(name) is true or false, not \"\(other)\"")
    }
  }

  /// A number within a range.
  func number<N: FixedWidthInteger>(_ name: String, in range: ClosedRange<N>) throws(ServiceFailure) -> N? {
    guard let text = uri.queryParameters.get(name) else { return nil }
    guard let number = N(text), range.contains(number) else {
      throw .invalid(
        "\(name) is a whole number from \(range.lowerBound) to \(range.upperBound), not \"\(text)\"")
    }
    return number
  }
}

extension ClassificationFunction {
  /// The function that a client names; `nil` where it names none.
  ///
  /// - Throws: `ServiceFailure.invalid`.
  init?(named text: String?) throws(ServiceFailure) {
    guard let text else { return nil }
    guard let function = Self(rawValue: text) else {
      throw .invalid("function_to_apply is softmax, sigmoid or none, not \"\(text)\"")
    }
    self = function
  }
}
