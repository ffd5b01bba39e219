import AIGuardVision
import Foundation
import HTTPTypes
import Hummingbird
import ModelService
import ResultStore

/// The Open Inference Protocol, version 2: what Triton's and KServe's clients talk to.
///
/// Inputs are `image` (BYTES, encoded files) or `pixel_values` (FP32, [images, channels, height, width]), outputs `logits` and
/// `scores` (FP32, [images, labels], in the order of the model's labels) and `label` (BYTES, the best one).
struct InferenceProtocolRoutes: Sendable {
  static let mostImages = 64

  let service: ModelService
  let body: RequestBody
  let readiness: Readiness

  func add(to router: RouterGroup<ServiceContext>) {
    router.get { _, _ in
      try Response.json(
        Server(
          name: "aiguard-server", version: AIGuardVisionVersion.current,
          extensions: ["binary_tensor_data", "classification"]))
    }
    router.get("health/live") { _, _ in Response(status: .ok) }
    router.get("health/ready") { _, _ in Response(status: await readiness.status()) }
    for path in ["models/{model}", "models/{model}/versions/{version}"] {
      router.get("\(path)", use: metadata)
      router.get("\(path)/ready") { _, context in
        _ = try self.model(context)
        return Response(status: await readiness.status())
      }
      router.post("\(path)/infer", use: infer)
    }
  }

  private struct Server: Encodable {
    var name: String
    var version: String
    var extensions: [String]
  }

  private struct Metadata: Encodable {
    struct Tensor: Encodable {
      var name: String
      var datatype: String
      var shape: [Int]
    }

    var name: String
    var versions = ["1"]
    var platform = "aiguardvision"
    var inputs: [Tensor]
    var outputs: [Tensor]
  }

  /// A model's name in a path: ids with a slash have it as %2F.
  private func model(_ context: ServiceContext) throws(ServiceFailure) -> ServedModel {
    let name = context.parameters.get("model").map { $0.removingPercentEncoding ?? $0 }
    if let version = context.parameters.get("version"), version != "1" {
      throw .noModel("\(name ?? "") of version \(version)")
    }
    return try service.model(named: name)
  }

  @Sendable private func metadata(_ request: Request, _ context: ServiceContext) async throws -> Response {
    let model = try model(context)
    let config = model.classifier.model.config
    let labels = model.classifier.labels.count
    return try .json(
      Metadata(
        name: model.name,
        inputs: [
          .init(name: "image", datatype: "BYTES", shape: [-1]),
          .init(
            name: "pixel_values", datatype: "FP32",
            shape: [-1, config.numChannels, config.imageSize.height, config.imageSize.width]),
        ],
        outputs: [
          .init(name: "logits", datatype: "FP32", shape: [-1, labels]),
          .init(name: "scores", datatype: "FP32", shape: [-1, labels]),
          .init(name: "label", datatype: "BYTES", shape: [-1]),
        ]))
  }

  @Sendable private func infer(_ request: Request, _ context: ServiceContext) async throws -> Response {
    let client = try context.client(.classify)
    let model = try model(context)
    let inference = try InferenceRequest(
      try await body.bytes(of: request), headerLength: request.headers[.inferenceHeaderLength])
    let answers = try await answers(inference, model, client)
    let response = InferenceResponse(
      id: inference.id, model: model.name, outputs: try outputs(inference, answers, model))
    let (data, length) = try response.body()
    guard let length else { return .bytes(data, type: "application/json") }
    return .bytes(
      data, type: "application/octet-stream", headers: [.inferenceHeaderLength: "\(length)"])
  }

  /// The predictions of each image, in the order of the labels.
  private func answers(
    _ inference: InferenceRequest, _ model: ServedModel, _ client: Client
  ) async throws -> [[ExaminationFields.Prediction]] {
    guard inference.inputs.count == 1, let input = inference.inputs.first else {
      throw ServiceFailure.invalid("one input is taken: image, or pixel_values")
    }
    let labels = model.classifier.labels
    func ordered(_ predictions: [ExaminationFields.Prediction]) -> [ExaminationFields.Prediction] {
      // Labels may be there twice: each takes the next that is left.
      var rest = predictions
      return labels.compactMap { label in
        rest.firstIndex { $0.label == label }.map { rest.remove(at: $0) }
      }
    }
    switch (input.name, input.datatype) {
    case ("image", "BYTES"):
      guard (1...Self.mostImages).contains(input.elements.count) else {
        throw ServiceFailure.invalid("1 to \(Self.mostImages) images are taken at once")
      }
      var answers: [[ExaminationFields.Prediction]] = []
      for element in input.elements {
        let answer = try await service.classify(
          ImageRequest(bytes: element, model: model.name, owner: client.owner))
        answers.append(ordered(try answer.result.examination().classification.predictions))
      }
      return answers
    case ("pixel_values", "FP32"):
      guard input.shape.count == 4, (1...Self.mostImages).contains(input.shape[0]) else {
        throw ServiceFailure.invalid("pixel_values are [1 to \(Self.mostImages), channels, height, width]")
      }
      let config = model.classifier.model.config
      let size = ImageExtent(height: input.shape[2], width: input.shape[3])
      guard input.shape[1] == config.numChannels, config.accepts(size) else {
        throw ServiceFailure.invalid(
          "pixel_values of this model are [images, \(config.numChannels), \(config.imageSize.height), "
            + "\(config.imageSize.width)], not \(input.shape)")
      }
      let tensor = try Tensor(input.floats, shape: input.shape)
      return try await service.classify(pixelValues: tensor, model: model).map { result in
        result.sorted { $0.index < $1.index }.map {
          ExaminationFields.Prediction(label: $0.label, score: $0.score, logit: $0.logit)
        }
      }
    default:
      throw ServiceFailure.invalid("there is no input \"\(input.name)\" of \(input.datatype)")
    }
  }

  private func outputs(
    _ inference: InferenceRequest, _ answers: [[ExaminationFields.Prediction]], _ model: ServedModel
  ) throws -> [InferenceResponse.Output] {
    let wanted =
      inference.outputs.isEmpty
      ? ["logits", "scores", "label"].map {
        InferenceRequest.Output(name: $0, isBinary: inference.prefersBinary, classCount: nil)
      } : inference.outputs
    let labels = model.classifier.labels
    return try wanted.map { output in
      let rows: [[Float]]
      switch output.name {
      case "logits": rows = answers.map { $0.map(\.logit) }
      case "scores": rows = answers.map { $0.map(\.score) }
      case "label":
        let best = answers.map { $0.max { $0.score < $1.score }?.label ?? "" }
        return .init(name: output.name, shape: [best.count], values: .texts(best), isBinary: output.isBinary)
      default: throw ServiceFailure.invalid("there is no output \"\(output.name)\"")
      }
      guard let count = output.classCount else {
        return .init(
          name: output.name, shape: [rows.count, labels.count], values: .floats(rows.flatMap(\.self)),
          isBinary: output.isBinary)
      }
      guard (1...labels.count).contains(count) else {
        throw ServiceFailure.invalid("classification is 1 to \(labels.count), not \(count)")
      }
      // "score:index:label", best first.
      let texts = rows.flatMap { row in
        row.indices.sorted { row[$0] > row[$1] }.prefix(count).map { "\(row[$0]):\($0):\(labels[$0])" }
      }
      return .init(
        name: output.name, shape: [rows.count, count], values: .texts(texts), isBinary: output.isBinary)
    }
  }
}
