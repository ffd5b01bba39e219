import AIGuardVision
import Datasets
import ImageDecoding

/// What a classifier says of the images of a data set, for fitting a calibration.
public struct CalibrationData: Sendable {
  /// One for each image that was scored, in the order of the data set.
  public var samples: [CalibrationSample] = []
  /// The SHA-256 of the list of these images (`ImageDataset.listHash`).
  public var sha256 = ""
  /// The images that could not be scored, and why.
  public var failures: [(name: String, error: any Error)] = []
  /// How many images the model was not taught on the like of: of them a verdict is `unsure` anyway.
  public var outsideCount = 0

  /// Images that are classified together.
  private static let chunk = 16

  /// Scores the images of a data set.
  ///
  /// - Parameters:
  ///   - dataset: Images that the model was not taught on.
  ///   - classifier: The model.
  ///   - positiveLabels: The labels of the data set that mean "generated"; by default those that the model has, and for
  ///     others what their spelling says.
  ///   - domain: Which images are meant; others are left out and counted.
  ///   - progress: Called with the number of further images that are done.
  /// - Throws: `CalibrationFitError.unknownLabels`, `ImageClassifierError` where P(AI) cannot be read.
  @available(*, noasync, message: "it blocks the thread")
  public static func collect(
    _ dataset: ImageDataset, classifier: ImageClassifier, positiveLabels: [String] = [],
    domain: ImageDomain? = nil, progress: (Int) -> Void = { _ in }
  ) throws -> CalibrationData {
    let isGenerated = try meanings(of: dataset.labels, classifier, positiveLabels)
    var data = CalibrationData()
    var used: Set<String> = []
    for first in stride(from: 0, to: dataset.records.count, by: chunk) {
      let records = dataset.records[first..<min(first + chunk, dataset.records.count)]
      let read = records.map { record in Result { try dataset.bytes(of: record) } }
      var results = classifier.classifyAndWait(batch: read.compactMap { try? $0.get() }, topK: 0)
        .makeIterator()
      for (record, read) in zip(records, read) {
        do {
          _ = try read.get()
          guard let result = try results.next()?.get(), let logOdds = result.generatedLogOdds else {
            continue
          }
          if let domain, let facts = result.image, !domain.reasons(against: facts).isEmpty {
            data.outsideCount += 1
            continue
          }
          used.insert(record.name)
          data.samples.append(
            CalibrationSample(
              logOdds: logOdds, isGenerated: isGenerated[record.label] ?? false, source: record.source))
        } catch {
          data.failures.append((record.name, error))
        }
      }
      progress(records.count)
    }
    data.sha256 = try dataset.filtered { used.contains($0.name) }.listHash()
    return data
  }

  /// Whether each label of a data set means "generated".
  private static func meanings(
    of labels: [String], _ classifier: ImageClassifier, _ positive: [String]
  ) throws -> [String: Bool] {
    let generated = try classifier.generatedLabels
    var meanings: [String: Bool] = [:]
    var unknown: [String] = []
    for label in labels {
      if !positive.isEmpty {
        meanings[label] = positive.contains(label)
      } else if classifier.labels.contains(label) {
        meanings[label] = generated.names.contains(label)
      } else if let meaning = GeneratedLabels.spelling(label) {
        meanings[label] = meaning == .generated
      } else {
        unknown.append(label)
      }
    }
    let strangers = positive.filter { !labels.contains($0) }
    guard strangers.isEmpty else { throw CalibrationFitError.noSuchLabels(named: strangers, labels: labels) }
    guard unknown.isEmpty else { throw CalibrationFitError.unknownLabels(unknown) }
    return meanings
  }
}
