import AIGuardVision
import Foundation
import HTTPTypes
import Hummingbird
import ModelService
import ResultStore

/// What `huggingface_hub.InferenceClient(...).image_classification` talks to: `/models/{id}`.
///
/// The body is the image, or JSON with it in base64 and parameters; the answer a bare array of labels and scores, best first.
struct HuggingFaceRoutes: Sendable {
  let service: ModelService
  let body: RequestBody

  func add(to router: RouterGroup<ServiceContext>) {
    // The router wants one name for one place in a path.
    router.post("models/{first}", use: classify)
    router.post("models/{first}/{second}", use: classify)
  }

  private struct Inputs: Decodable {
    struct Parameters: Decodable {
      var topK: Int?
      var functionToApply: String?

      private enum CodingKeys: String, CodingKey {
        case topK = "top_k"
        case functionToApply = "function_to_apply"
      }
    }

    var inputs: Data
    var parameters: Parameters?
  }

  @Sendable private func classify(_ request: Request, _ context: ServiceContext) async throws -> Response {
    let client = try context.client(.classify)
    let name = [context.parameters.get("first"), context.parameters.get("second")].compactMap(\.self)
      .map { $0.removingPercentEncoding ?? $0 }.joined(separator: "/")
    let model = try service.model(named: name)
    var bytes = try await body.bytes(of: request)
    var parameters: Inputs.Parameters?
    if request.headers[.contentType].map({ HeaderParameters($0).value }) == "application/json" {
      guard let inputs = try? JSONDecoder().decode(Inputs.self, from: Data(bytes)) else {
        throw ServiceFailure.invalid("JSON has to be {\"inputs\": \"base64\", \"parameters\": {...}}")
      }
      bytes = [UInt8](inputs.inputs)
      parameters = inputs.parameters
    }
    let function = try ClassificationFunction(named: parameters?.functionToApply)
    let topK = parameters?.topK ?? 5
    guard topK >= 1 else { throw ServiceFailure.invalid("top_k is at least 1, not \(topK)") }
    let answer = try await service.classify(
      ImageRequest(bytes: bytes, model: model.name, function: function, owner: client.owner))
    let predictions = try answer.result.examination().classification.predictions
    return try .json(predictions.prefix(topK).map(LabelScore.init))
  }
}
