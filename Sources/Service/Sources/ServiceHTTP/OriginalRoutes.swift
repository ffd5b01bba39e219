import Foundation
import HTTPTypes
import Hummingbird
import ModelService
import ResultStore

/// The pair of routes that the original's web page talks to, with real statuses, scores that are probabilities, and results
/// that only their owner gets. The form's `email` is echoed: who a client is, its key says.
struct OriginalRoutes: Sendable {
  let service: ModelService
  let body: RequestBody

  func add(to router: RouterGroup<ServiceContext>) {
    router.post("predict", use: predict)
    router.post("fetch_data", use: fetchData)
  }

  @Sendable private func predict(_ request: Request, _ context: ServiceContext) async throws -> Response {
    struct Answer: Encodable {
      var email: String
      var confidence_score: [LabelScore]
    }
    let client = try context.client(.classify)
    let input = try await ImageInput(request, body)
    let file = input.files[0]
    let answer = try await service.classify(
      ImageRequest(bytes: file.bytes, owner: client.owner, sourceName: file.name, keepsThumbnail: true))
    let predictions = try answer.result.examination().classification.predictions
    return try .json(
      Answer(
        email: input.fields["email"] ?? client.owner,
        confidence_score: predictions.map(LabelScore.init)))
  }

  @Sendable private func fetchData(_ request: Request, _ context: ServiceContext) async throws -> Response {
    struct Item: Encodable {
      struct Scores: Encodable {
        var classification_type: String
        /// `nil` where the model's labels say nothing of it.
        var real_score: Double?
        var fake_score: Double?
      }

      var image_id: String
      /// A JPEG in base64; the original keeps the whole file.
      var image_data: Data?
      var classifications: [Scores]
    }
    let client = try context.client(.read)
    let page = try await service.store.results(
      ResultQuery(owner: client.owner, limit: ResultQuery.largestPage))
    return try .json(
      try page.results.map { result in
        let classification = try result.examination().classification
        let fake = classification.generatedScore ?? result.content.score
        return Item(
          image_id: result.id.uuidString.lowercased(), image_data: result.content.thumbnail,
          classifications: [
            .init(
              classification_type: result.content.model, real_score: fake.map { 1 - $0 }, fake_score: fake)
          ])
      })
  }
}
