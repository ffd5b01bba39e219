import Checkpoint
import Datasets
import JSONText
import Platform

/// Which images are learnt from, and which judge what was learnt.
struct ImageSplit {
  let training: ImageDataset
  /// `nil` where nothing is judged.
  let validation: ImageDataset?
  /// What a person should know of it.
  let notes: [String]

  /// - Throws: `DatasetError`, `TrainingRunError`, `DigestError`.
  init(_ data: ImageDataset, _ recipe: TrainingRecipe) throws {
    var notes: [String] = []
    var training = data
    if data.splits.isEmpty {
      notes.append("the data have no parts: all \(data.records.count) images are the training part")
    } else {
      training = try data.selecting(split: recipe.trainSplit)
    }
    switch recipe.validation {
    case nil: validation = nil
    case .split(let name): validation = try data.selecting(split: name)
    case .fraction(let fraction, let grouping):
      let isHeld = try Self.held(training, fraction: fraction, grouping, seed: recipe.seed)
      let part = training
      func selected(_ wanted: Bool) -> ImageDataset {
        part.filtered { record in part.index(of: record.name).map { isHeld[$0] } == wanted }
      }
      (training, validation) = (selected(false), selected(true))
    }
    let used = training.records.count + (validation?.records.count ?? 0)
    if used < data.records.count {
      notes.append("\(data.records.count - used) images are of parts that are not used")
    }
    self.training = training
    self.notes = notes
    for label in data.labels {
      guard training.records.contains(where: { $0.label == label }) else {
        throw TrainingRunError.noTrainingImages(label: label)
      }
      guard validation?.records.contains(where: { $0.label == label }) ?? true else {
        throw TrainingRunError.noValidationImages(label: label)
      }
    }
  }

  /// Which images are held back: whole groups, in an order that only the seed and their keys say, until each label has
  /// its share.
  private static func held(
    _ data: ImageDataset, fraction: Double, _ grouping: TrainingRecipe.Grouping, seed: UInt64
  ) throws -> [Bool] {
    let records = data.records
    var groups: [ExactString: [Int]] = [:]
    var wanted: [String: Int] = [:]
    for (index, record) in records.enumerated() {
      groups[ExactString(try key(of: record, data, grouping)), default: []].append(index)
      wanted[record.label, default: 0] += 1
    }
    wanted = wanted.mapValues { Int((Double($0) * fraction).rounded(.up)) }
    let order = try groups.map { key, images in
      (hash: try SHA256.hexadecimal(ofText: "\(seed)\n\(key.string)"), images: images)
    }
    var isHeld = [Bool](repeating: false, count: records.count)
    for group in order.sorted(by: { $0.hash < $1.hash }) {
      // A group of several labels goes by that of most of its images, the first of equals.
      var counts: [String: Int] = [:]
      for image in group.images { counts[records[image].label, default: 0] += 1 }
      let most = counts.values.max() ?? 0
      guard let label = counts.filter({ $0.value == most }).keys.min(), wanted[label, default: 0] > 0 else {
        continue
      }
      for image in group.images {
        wanted[records[image].label, default: 0] -= 1
        isHeld[image] = true
      }
    }
    return isHeld
  }

  private static func key(
    of record: ImageRecord, _ data: ImageDataset, _ grouping: TrainingRecipe.Grouping
  ) throws -> String {
    switch grouping {
    case .none: return record.name
    // One that cannot be read is like no other: the run will leave it out.
    case .content: return (try? data.contentHash(of: record)) ?? "unreadable \(record.name)"
    case .source:
      guard let source = record.source else { throw TrainingRunError.noSource(image: record.name) }
      return source
    }
  }
}
