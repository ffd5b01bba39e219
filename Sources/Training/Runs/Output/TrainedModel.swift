import AIGuardVision
import Checkpoint
import JSONText
import Platform
import TensorCore
import ViTModel

/// What is known of a model that was taught: the source of its model card and of `training.json`.
struct TrainedModel {
  let start: StartingModel
  let recipe: TrainingRecipe
  let recipeHash: String
  let data: DataSummary
  let identity: RunIdentity
  let counters: RunCounters
  let ending: TrainingOutcome.Ending
  let dtype: DType
  /// Floats of the network, and those that were learnt.
  let parameterCount: Int
  let learntCount: Int
  let policy: InputPolicy
  let kernels: KernelLevel

  /// The images, as the card counts them.
  struct DataSummary {
    /// The data set's name: the last part of its path, which may be private.
    let name: String
    /// Of all images that take part.
    let listHash: String
    let labels: [String]
    /// For each label, in their order.
    let training: [Int]
    let validation: [Int]?
    /// Of a teacher's files.
    let teachers: [(file: String, sha256: String)]
  }

  /// What is saved beside the weights, by name.
  func files() -> [String: String] {
    var files = [
      "config.json": configText, "README.md": ModelCard(self).text,
      "training.json": JSONValue.object(report).pythonText + "\n",
    ]
    if start.config.modelType != PretrainedConfig.timmModelType {
      files["preprocessor_config.json"] = start.processor.config.json.pythonText + "\n"
    }
    return files
  }

  private var configText: String {
    var json = start.config.json
    if start.config.modelType != PretrainedConfig.timmModelType {
      json =
        json.setting("architectures", to: .array([.string(start.network.className)]))
        .setting("model_type", to: .string(start.network.modelType))
    }
    return JSONValue.object(json.settingDType(dtype)).pythonText + "\n"
  }

  /// `training.json`.
  private var report: JSONObject {
    func counts(_ values: [Int]) -> JSONValue {
      .members(zip(data.labels, values).map { ($0, .integer($1)) })
    }
    let best = counters.best.map { JSONValue.members([("step", .integer($0.step))] + $0.figures.members) }
    return JSONObject(
      members: [
        ("version", .string(AIGuardVisionVersion.current)),
        ("recipe", .object(recipe.json)), ("recipe_sha256", .string(recipeHash)),
        (
          "data",
          .members([
            ("name", .string(data.name)), ("image_list_sha256", .string(data.listHash)),
            ("training_images", counts(data.training)),
            ("validation_images", data.validation.map(counts) ?? .null),
            ("unreadable_images", .array(counters.skipped.map { .string($0) })),
            (
              "teachers",
              .array(
                data.teachers.map { .members([("file", .string($0.file)), ("sha256", .string($0.sha256))]) })
            ),
          ])
        ),
        ("begun_with", identity.json),
        ("parameters", .integer(parameterCount)), ("learnt_parameters", .integer(learntCount)),
        ("steps", .integer(counters.step)), ("images", .integer(counters.images)),
        ("ended_by", .string(ending.rawValue)),
        ("best", best ?? .null), ("validations", .array(counters.validations.map(\.json))),
        ("policy", .string(policy.rawValue)), ("kernels", .string(kernels.rawValue)),
      ].map { JSONObject.Member(key: $0.0, value: $0.1) })
  }
}

extension AutoConfig {
  /// What the network is, in words.
  var cardDescription: String { "`\(className)`, \(summary)" }
}

extension TrainedModel {
  /// Writes the folder: weights, configuration, card and report, each whole or not at all, the weights first.
  func save(_ values: FlatBuffer, _ layout: ParameterLayout, toFolder folder: String) throws {
    var tensors = layout.parameters.map { parameter in
      FloatTensor(
        name: parameter.name, shape: parameter.shape,
        elements: UnsafeBufferPointer(values.values(parameter.range)))
    }
    // What transformers expects in the file though classification does not use it stays as it was.
    let names = Set(tensors.map(\.name))
    var others: [FlatBuffer] = []
    if let weights = start.weights {
      for name in weights.names where !names.contains(name) {
        guard start.network.unusedKeys.contains(where: { name.hasPrefix($0) }) else { continue }
        let tensor = try weights.read(name)
        let copy = try FlatBuffer(count: tensor.count)
        tensor.copyElements(to: copy.values(0..<tensor.count))
        others.append(copy)
        tensors.append(
          FloatTensor(
            name: name, shape: tensor.shape,
            elements: UnsafeBufferPointer(copy.values(0..<tensor.count))))
      }
    }
    try withExtendedLifetime((values, others)) {
      try FloatTensors.save(tensors, toFolder: folder, files: files(), dtype: dtype)
    }
  }
}
