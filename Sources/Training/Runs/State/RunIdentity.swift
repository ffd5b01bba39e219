import AIGuardVision
import Checkpoint
import Datasets
import ImageProcessor
import JSONText
import Platform
import TensorCore

/// What a run was begun with. Any other of these would give other bits, so that a state is of use with the same alone.
struct RunIdentity: Equatable {
  /// In the words of a message, and a hash or a name.
  var parts: [(name: String, value: String)]

  static func == (one: RunIdentity, other: RunIdentity) -> Bool {
    one.parts.elementsEqual(other.parts) { $0.name == $1.name && $0.value == $1.value }
  }

  var json: JSONValue { .members(parts.map { ($0.name, .string($0.value)) }) }

  /// The first part that a saved run has otherwise.
  func difference(from saved: JSONObject) -> (name: String, was: String, now: String)? {
    for part in parts {
      let was = saved[part.name]?.stringValue
      if was != part.value { return (part.name, was ?? "nothing that is known", part.value) }
    }
    return nil
  }
}

extension RunIdentity {
  /// - Throws: What reading weights and images throws; an image that cannot be read is left out by the run and counts as
  ///   such here.
  init(_ run: TrainingRun, recipeHash: String, teacher: TeacherLogits?) throws {
    let (start, split) = (run.start, run.split)
    parts = [("recipe", recipeHash), ("training images", try split.training.contentListHash())]
    if let validation = split.validation {
      parts.append(("validation images", try validation.contentListHash()))
    }
    for (file, hash) in teacher?.hashes ?? [] { parts.append(("teacher \(file)", hash)) }
    let config = JSONValue.object(start.config.json).lineText
    let network = JSONValue.object(start.foundConfig.json).lineText
    parts.append(("network", try SHA256.hexadecimal(ofText: network)))
    parts.append(("configuration", try SHA256.hexadecimal(ofText: config)))
    parts.append(("weights", try start.weights?.sha256() ?? "new, from the recipe's seed"))
    let processing =
      start.processor.config.json.lineText
      + " \(start.processor.profile.rawValue) \(run.options.policy.rawValue)"
    parts.append(("image processing", try SHA256.hexadecimal(ofText: processing)))
    parts.append(("kernels", try KernelLevel.active().rawValue))
  }
}

extension ImageDataset {
  /// A hash of the images' names, labels and bytes.
  fileprivate func contentListHash() throws -> String {
    var text = try listHash() + "\n"
    for record in records { text += ((try? contentHash(of: record)) ?? "unreadable") + "\n" }
    return try SHA256.hexadecimal(ofText: text)
  }
}

extension TrainedModel.DataSummary {
  init(_ run: TrainingRun, teacher: TeacherLogits?) throws {
    let labels = run.data.labels
    func counts(_ images: ImageDataset) -> [Int] {
      let counts = Dictionary(images.records.map { ($0.label, 1) }, uniquingKeysWith: +)
      return labels.map { counts[$0, default: 0] }
    }
    let path = run.data.path
    let names = path.utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }
    self.init(
      name: (names.last { $0 != "." } ?? path).showingPathBytes, listHash: try run.data.listHash(),
      labels: labels, training: counts(run.split.training), validation: run.split.validation.map(counts),
      teachers: teacher?.hashes ?? [])
  }
}
