import Checkpoint
import JSONText
import ViTModel

/// An adapter as PEFT keeps it: `adapter_model.safetensors` and `adapter_config.json`.
package enum AdapterFolder {
  /// Writes the factors, and the classifier where it is learnt, under the names that PEFT 0.21 gives them.
  ///
  /// - Parameters:
  ///   - folder: Made if it is not there.
  ///   - values: What was learnt, in the places of `parametrization`.
  ///   - parametrization: One of LoRA.
  ///   - network: What the factors stand beside.
  ///   - baseModel: The model that they were learnt beside: a folder, or an id on the Hub.
  ///   - revision: Its branch, tag or commit on the Hub; `nil` for the usual one.
  /// - Throws: `OptimizationError.setting` without factors; `FileError`, `CheckpointError`.
  package static func write(
    toFolder folder: String, _ values: FlatBuffer, _ parametrization: Parametrization,
    of network: NetworkParameters, baseModel: String?, revision: String? = nil
  ) throws {
    guard case .lowRank(let settings) = parametrization.part else {
      throw OptimizationError.setting(name: "what is learnt", found: "no adapter", expected: "LoRA")
    }
    let classifier = network.classifierNames
    var tensors: [FloatTensor] = []
    for (parameter, isLearnt) in zip(parametrization.layout.parameters, parametrization.learns) where isLearnt
    {
      tensors.append(
        FloatTensor(
          name: "base_model.model." + (classifier[parameter.name] ?? parameter.name), shape: parameter.shape,
          elements: UnsafeBufferPointer(values.values(parameter.range))))
    }
    let heads = settings.learnsHead ? Set(classifier.values.map { Self.module($0) }).sorted() : []
    try withExtendedLifetime(values) {
      try Adapter.write(
        tensors, config: config(settings, heads: heads, baseModel: baseModel, revision: revision),
        toFolder: folder)
    }
  }

  /// A module's own name: PEFT finds those that it saves whole by the end of their path.
  private static func module(_ parameter: String) -> String {
    String(parameter.split(separator: ".").dropLast().last ?? parameter[...])
  }

  private static func config(
    _ settings: LowRankSettings, heads: [String], baseModel: String?, revision: String?
  ) -> JSONObject {
    func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
    let members: [(String, JSONValue)] = [
      ("base_model_name_or_path", text(baseModel)), ("bias", .string("none")),
      ("fan_in_fan_out", .bool(false)),
      ("inference_mode", .bool(true)), ("init_lora_weights", .bool(true)),
      (
        "lora_alpha",
        settings.alpha == settings.alpha.rounded() && settings.alpha < 1e15
          ? .integer(Int(settings.alpha)) : .number(settings.alpha)
      ),
      ("lora_dropout", .number(0)),
      ("modules_to_save", heads.isEmpty ? .null : .array(heads.map { .string($0) })),
      ("peft_type", .string("LORA")), ("r", .integer(settings.rank)), ("revision", text(revision)),
      ("target_modules", .array(settings.targets.map { .string($0) })), ("task_type", .null),
      ("use_dora", .bool(false)), ("use_rslora", .bool(false)),
    ]
    return JSONObject(members: members.map { JSONObject.Member(key: $0.0, value: $0.1) })
  }
}

extension NetworkParameters {
  /// The classifier's parameters: the names on disk, and those in memory.
  fileprivate var classifierNames: [String: String] {
    let naming = config.keyNaming.inMemory
    var names: [String: String] = [:]
    for request in requests where request.isClassifier {
      names[layout.parameters[request.place.index].name] =
        naming.location(of: request.name).candidates.last ?? request.name
    }
    return names
  }
}
