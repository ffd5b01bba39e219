import AIGuardVision
import Checkpoint
import Datasets
import ImageProcessor
import JSONText
import Platform
import ViTModel

/// A network before its first step: configuration, labels, image processor, and where the weights come from.
struct StartingModel {
  /// With the labels that are learnt.
  let config: PretrainedConfig
  let network: AutoConfig
  let processor: ViTImageProcessor
  /// Which index of the logits each label of the data is.
  let labels: LabelMapping
  /// As it was found, whatever labels the data have.
  let foundConfig: PretrainedConfig
  /// The weights to begin with; `nil` for new ones.
  let weights: ModelWeights?
  /// Whether the classifier is among them.
  let keepsHead: Bool
  /// What people call it.
  let name: String
  /// What people should know of it.
  let notes: [String]

  /// - Throws: `CheckpointError`, `ImageProcessorFileError`, `FileError`, `ViTConfigError`, `DatasetError`,
  ///   `TrainingRunError`.
  init(_ start: TrainingStart, labels dataLabels: [String], profile: PreprocessingProfile) throws {
    if dataLabels.count == 1 { throw TrainingRunError.oneLabel(dataLabels[0]) }
    let found: PretrainedConfig
    let processorFolder: String
    switch start {
    case .model(let folder, let weightsFile, let name):
      let files = try NetworkFiles(folder: folder, weightsFile: weightsFile)
      found = files.config
      processorFolder = files.processorFolder
      weights = try files.weights()
      self.name = name ?? Self.name(ofFolder: folder)
    case .fresh(let path, let folder):
      let file = FilePath.isFolder(path) ? FilePath.join(path, "config.json") : path
      found = try PretrainedConfig(contentsOf: file)
      processorFolder = folder ?? FilePath.folder(of: file)
      weights = nil
      name = "new weights"
    }
    foundConfig = found
    if found.problemType == .regression {
      throw TrainingRunError.unsupportedModel(
        reason: "\(found.file): a model for regression cannot be taught labels")
    }
    processor = try ViTImageProcessor(
      contentsOfFolder: processorFolder.isEmpty ? "." : processorFolder, modelConfig: .object(found.json),
      profile: profile)
    var notes: [String] = []
    if let mapping = Self.bijection(dataLabels, found.labels) {
      (config, labels, keepsHead) = (found, mapping, weights != nil)
      let renamed = mapping.indices.filter { $0.label != found.labels[$0.index] }
      if !renamed.isEmpty {
        notes.append(
          "the model's labels are kept: "
            + renamed.map { "\($0.label) is \(found.labels[$0.index])" }.joined(separator: ", "))
      }
    } else {
      config = try found.with(labels: dataLabels)
      labels = try LabelMapping(
        of: dataLabels, in: dataLabels, names: Dictionary(uniqueKeysWithValues: dataLabels.map { ($0, $0) }))
      keepsHead = false
      notes.append(
        "the model's labels were \(Self.list(found.labels)), and those of the data are \(Self.list(dataLabels)): "
          + "the model gets a new head with the labels of the data")
    }
    network = try AutoConfig(config)
    self.notes = notes
  }

  /// The model's labels that the data have, where they are the same set under spellings that mean the same.
  private static func bijection(_ dataLabels: [String], _ modelLabels: [String]) -> LabelMapping? {
    guard dataLabels.count == modelLabels.count,
      let mapping = try? LabelMapping(of: dataLabels, in: modelLabels, meaning: GeneratedLabels.spelling),
      Set(mapping.indices.map(\.index)).count == modelLabels.count
    else { return nil }
    return mapping
  }

  private static func list(_ labels: [String]) -> String {
    let shown = labels.prefix(8).map(\.printable).joined(separator: ", ")
    return labels.count > 8 ? "\(shown), ... (\(labels.count) in all)" : shown
  }

  private static func name(ofFolder path: String) -> String {
    let names = path.utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }
    return (names.last { $0 != "." } ?? path).showingPathBytes
  }
}

extension PretrainedConfig {
  /// The same configuration with other labels, each of one image alone.
  fileprivate func with(labels: [String]) throws(CheckpointError) -> PretrainedConfig {
    let replaced = ["id2label", "label2id", "num_labels", "problem_type"]
    var members = json.members.filter { !replaced.contains($0.key) }
    if modelType == Self.timmModelType {
      members.removeAll { ["num_classes", "label_names", "label_descriptions"].contains($0.key) }
      members.append(.init(key: "num_classes", value: .integer(labels.count)))
      members.append(.init(key: "label_names", value: .array(labels.map { .string($0) })))
    } else {
      let names = labels.enumerated().map { JSONObject.Member(key: "\($0)", value: .string($1)) }
      let ids = labels.enumerated().map { JSONObject.Member(key: $1, value: .integer($0)) }
      members.append(.init(key: "id2label", value: .object(JSONObject(members: names))))
      members.append(.init(key: "label2id", value: .object(JSONObject(members: ids))))
      members.append(.init(key: "problem_type", value: .string("single_label_classification")))
    }
    return try PretrainedConfig(json: JSONObject(members: members), file: file)
  }
}
