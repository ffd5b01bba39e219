import Datasets
import Platform

/// The images that models are judged on: a data set, or a part of it that is said.
public struct EvaluationSet: Sendable {
  /// Which of the images are taken.
  public enum Sample: Sendable, Equatable {
    /// All.
    case all
    /// The first in the order of their names and then every so-many-th.
    case every(Int)
    /// Of each source of each label at most so many, at even distances in the order of their names.
    case perSource(Int)
  }

  /// The images that are taken.
  public let dataset: ImageDataset
  /// The part of the data, where one was named.
  public let split: String?
  /// What a list left out.
  public let exclusion: EvaluatedData.Exclusion?
  /// What is taken of the rest.
  public let sample: Sample

  /// Chooses images: first the list's are left out, then one part is taken, then a sample of that.
  ///
  /// - Parameters:
  ///   - dataset: The images.
  ///   - split: The part, such as `test`.
  ///   - list: A text file that names images to leave out, one a line, relative to the data set's root.
  ///   - sample: Which of those that are left are taken.
  /// - Throws: `DatasetError`; `EvaluationError.noImages` where none is left, `.invalidSample`.
  public init(
    _ dataset: ImageDataset, split: String? = nil, excluding list: String? = nil, sample: Sample = .all
  ) throws {
    let selected = try split.map { try dataset.selecting(split: $0) } ?? dataset
    var left = selected
    if let list {
      let rest = try dataset.excluding(namesIn: list)
      let names = Set(rest.records.lazy.map { Array($0.name.utf8) })
      left = selected.filtered { names.contains(Array($0.name.utf8)) }
      let hash = try FileContents.read(list, limit: dataset.limits.listBytes).withUnsafeBytes {
        try SHA256.hexadecimal(of: $0)
      }
      exclusion = EvaluatedData.Exclusion(
        file: FilePath.name(of: list), sha256: hash, listed: dataset.records.count - rest.records.count,
        excluded: selected.records.count - left.records.count)
    } else {
      exclusion = nil
    }
    self.split = split
    self.sample = sample
    self.dataset = try sample.taken(of: left)
    guard !self.dataset.records.isEmpty else {
      throw EvaluationError.noImages(reason: "all are left out")
    }
  }
}

extension EvaluationSet.Sample {
  /// In words; `nil` for all.
  public var description: String? {
    switch self {
    case .all: nil
    case .every(let step): "one image in \(step), in the order of their names"
    case .perSource(let count):
      "at most \(count) image\(count == 1 ? "" : "s") of each source of each label, at even distances in the order of names"
    }
  }

  fileprivate func taken(of dataset: ImageDataset) throws(EvaluationError) -> ImageDataset {
    switch self {
    case .all: return dataset
    case .every(let step):
      guard step > 0 else { throw .invalidSample(step) }
      var number = -1
      return dataset.filtered { _ in
        number += 1
        return number % step == 0
      }
    case .perSource(let count):
      guard count > 0 else { throw .invalidSample(count) }
      var sizes: [Group: Int] = [:]
      for record in dataset.records { sizes[Group(record), default: 0] += 1 }
      var seen: [Group: Int] = [:]
      return dataset.filtered { record in
        let group = Group(record)
        let (number, size) = (seen[group, default: 0], sizes[group, default: 1])
        seen[group] = number + 1
        // Those at which the share that is taken reaches the next whole number.
        return size <= count || (number + 1) * count / size > number * count / size
      }
    }
  }

  /// Bytes tell apart what `String` takes for the same.
  private struct Group: Hashable {
    let label: [UInt8]
    let source: [UInt8]?

    init(_ record: ImageRecord) {
      label = Array(record.label.utf8)
      source = record.source.map { Array($0.utf8) }
    }
  }
}
