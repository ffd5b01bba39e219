import ImageProcessor
import Platform

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A step from a file to a verdict that a receipt speaks of, in their order.
public enum ReceiptStage: String, Sendable, CaseIterable, Codable {
  /// The bytes of the file.
  case bytes
  /// The decoded pixels, their size, format and mode.
  case decodedPixels = "decoded-pixels"
  /// The network's input.
  case pixelValues = "pixel-values"
  /// The weights.
  case model
  /// What the model's files say of network, labels and image processor, and which labels were named as "generated".
  case configuration
  /// What makes verdicts of scores.
  case calibration
  /// What the network computed.
  case logits
  /// What is said of the image.
  case verdict
  /// What the file says of its own origin.
  case evidence
}

/// A receipt compared with the same work done again.
public struct ReceiptReplay: Sendable, Equatable {
  /// How a stage came out.
  public enum State: Sendable, Equatable {
    /// The same, to the bit.
    case same
    /// Not the same, by no more than another kernel level or version may bring, and how far.
    case near(String)
    /// Not the same, and what stands in the receipt and what was found.
    case different(String)
    /// Not reached: the image of other bytes could not be classified, and why.
    case notReached(String)
  }

  /// Each stage, in their order.
  public let stages: [(stage: ReceiptStage, state: State)]
  /// What is otherwise around it, and may be: version, kernel level, codecs. One line each.
  public let notes: [String]

  /// The first stage that is not the same, or near; `nil` where the receipt holds.
  public var firstDifference: ReceiptStage? {
    stages.first { if case .different = $0.state { true } else { false } }?.stage
  }

  /// Whether both say the same.
  public static func == (left: ReceiptReplay, right: ReceiptReplay) -> Bool {
    left.notes == right.notes && left.stages.map(\.stage) == right.stages.map(\.stage)
      && left.stages.map(\.state) == right.stages.map(\.state)
  }
}

extension ImageClassifier {
  /// Does again what a receipt speaks of, on the caller's thread and those of the budget, and compares stage by stage.
  ///
  /// - Parameters:
  ///   - receipt: Of the same settings as this classifier: `receipt.settings` says which to load the model with.
  ///   - imageBytes: The file.
  /// - Throws: `ReceiptError.otherSetting`; as `receiptAndWait(imageBytes:topK:functionToApply:time:)`, but for an image
  ///   that is no longer the receipt's and cannot be classified: that is a difference.
  @available(*, noasync, message: "it blocks the thread; await replay, which runs on threads of its own")
  public func replayAndWait(_ receipt: Receipt, imageBytes: some ContiguousBytes) throws -> ReceiptReplay {
    let bytes = try Self.copiedBytes(of: imageBytes, limits)
    try check(receipt.settings)
    do {
      // What certificates are worth is judged for the time of the receipt.
      guard let time = try? Date(receipt.time, strategy: .iso8601) else {
        throw ReceiptError.invalid(reason: "time must be a date of RFC 3339, and is \(receipt.time)")
      }
      return ReceiptReplay(receipt, found: try receiptAndWait(imageBytes: bytes, topK: 0, time: time).receipt)
    } catch let failure as any ClassificationFailure where failure.isOfInput {
      let sha256 = try bytes.withUnsafeBytes { try SHA256.hexadecimal(of: $0) }
      guard sha256 != receipt.file.sha256 else { throw failure }
      return ReceiptReplay(receipt, bytes: sha256, failure: "\(failure)")
    }
  }

  /// Does again what a receipt speaks of; as `replayAndWait(_:imageBytes:)`, on a thread of its own.
  ///
  /// - Throws: As that; `CancellationError`, `ImageClassifierError.busy`, `.threadUnavailable`.
  public func replay(
    _ receipt: Receipt, imageBytes: some ContiguousBytes & Sendable
  ) async throws -> ReceiptReplay {
    try await calls.run { [self] in try replayAndWait(receipt, imageBytes: imageBytes) }
  }

  private func check(_ settings: Receipt.Settings) throws(ReceiptError) {
    let own = provenance
    for (name, recorded, found) in [
      ("profile", settings.profile.rawValue, own.profile.rawValue),
      ("policy", settings.policy.rawValue, own.policy.rawValue),
      ("precision", settings.precision.rawValue, own.precision.rawValue),
    ] where recorded != found {
      throw .otherSetting(name: name, recorded: recorded, found: found)
    }
  }
}

extension ReceiptReplay {
  /// Compares a receipt with one that was made anew.
  init(_ receipt: Receipt, found: Receipt) {
    func compare(_ recorded: String, _ found: String) -> State {
      recorded == found ? .same : .different("\(recorded.printable) in the receipt, \(found.printable) now")
    }
    func first(_ states: State...) -> State { states.first { $0 != .same } ?? .same }
    let (model, other) = (receipt.model, found.model)
    let configuration = first(
      compare(model.configurationSHA256, other.configurationSHA256),
      compare(model.preprocessorSHA256, other.preprocessorSHA256),
      compare(Self.list(model.generatedLabels), Self.list(other.generatedLabels)),
      compare(Self.list(receipt.outcome.labels), Self.list(found.outcome.labels)))
    let logits = Self.logits(receipt, found)
    stages = [
      (.bytes, compare(receipt.file.sha256, found.file.sha256)),
      (
        .decodedPixels,
        first(
          compare(Self.text(receipt.image), Self.text(found.image)),
          compare(receipt.image.sha256, found.image.sha256))
      ),
      (
        .pixelValues,
        first(
          compare("\(receipt.pixelValues.shape)", "\(found.pixelValues.shape)"),
          compare(receipt.pixelValues.sha256, found.pixelValues.sha256))
      ),
      (.model, compare(model.sha256, other.sha256)),
      (.configuration, configuration),
      (.calibration, compare(model.calibrationSHA256 ?? "none", other.calibrationSHA256 ?? "none")),
      (.logits, logits),
      (.verdict, Self.verdict(receipt.outcome, found.outcome, isExact: logits == .same)),
      (.evidence, Self.evidence(receipt, found)),
    ]
    notes = Self.notes(receipt.software, found.software)
  }

  /// A file of other bytes that is no image to classify.
  init(_ receipt: Receipt, bytes: String, failure: String) {
    stages = ReceiptStage.allCases.map { stage in
      stage == .bytes
        ? (stage, .different("\(receipt.file.sha256.printable) in the receipt, \(bytes) now"))
        : (stage, .notReached(failure))
    }
    notes = []
  }

  /// How far logits of this size may lie apart on other kernels: of float32 twice the distance from float64 that
  /// `Docs/Parity.md` bounds; of the lower precisions, where another order of additions turns roundings the other way, some
  /// two and a half times the largest distance that `Docs/Receipts.md` has measured.
  static func tolerance(_ precision: Precision, largest: Float) -> Float {
    let share: Float =
      switch precision {
      case .float32: 4e-5
      case .bfloat16: 2.5e-2
      case .int8: 0.1
      }
    return share * max(1, largest)
  }

  private static func logits(_ receipt: Receipt, _ found: Receipt) -> State {
    let (old, new) = (receipt.outcome.logits, found.outcome.logits)
    if old == new { return .same }
    guard old.count == new.count else { return .different("\(old.count) in the receipt, \(new.count) now") }
    let distance = zip(old, new).reduce(Float(0)) { max($0, abs($1.0 - $1.1)) }
    let words = "the largest difference is \(distance)"
    let isOtherSoftware =
      receipt.software.kernels != found.software.kernels || receipt.software.version != found.software.version
    let largest = old.reduce(Float(0)) { max($0, abs($1)) }
    guard isOtherSoftware, distance <= tolerance(receipt.settings.precision, largest: largest) else {
      return .different(words)
    }
    return .near(words)
  }

  private static func verdict(
    _ old: Receipt.Outcome, _ new: Receipt.Outcome, isExact: Bool
  ) -> State {
    func words(_ outcome: Receipt.Outcome) -> String {
      (outcome.verdict ?? "none") + (outcome.unsureReasons.map { " (\($0.joined(separator: ", ")))" } ?? "")
    }
    guard words(old) == words(new) else {
      return .different("\(words(old).printable) in the receipt, \(words(new)) now")
    }
    if old.generatedLogOdds == new.generatedLogOdds, old.calibratedScore == new.calibratedScore {
      return .same
    }
    let scores = "log-odds \(text(old.generatedLogOdds)) in the receipt, \(text(new.generatedLogOdds)) now"
    return isExact ? .different(scores) : .near(scores)
  }

  /// Without a word about it on one side nothing can be compared; another version may read more or otherwise.
  private static func evidence(_ receipt: Receipt, _ found: Receipt) -> State {
    switch (receipt.evidenceSHA256, found.evidenceSHA256) {
    case (nil, _): return .notReached("the receipt says nothing of it")
    case (_?, nil): return .notReached("this library was built without the trait Evidence")
    case (let old?, let new?) where old == new: return .same
    case (let old?, let new?):
      let words = "\(old.printable) in the receipt, \(new) now"
      return receipt.software.version == found.software.version || receipt.file.sha256 != found.file.sha256
        ? .different(words) : .near(words)
    }
  }

  private static func notes(_ old: Receipt.Software, _ new: Receipt.Software) -> [String] {
    var notes: [String] = []
    if old.version != new.version {
      notes.append(
        "made by version \(old.version.printable), replayed by \(new.version): the last bits of logits may differ"
      )
    }
    if old.kernels != new.kernels {
      notes.append(
        "made on \(old.kernels.rawValue), replayed on \(new.kernels.rawValue): the last bits of logits and scores may "
          + "differ; pixels, pixel values, model and verdict may not")
    }
    for (format, version) in old.codecs.sorted(by: { $0.key < $1.key }) where new.codecs[format] != version {
      notes.append(
        "\(format.printable) was decoded by \(version.printable), now by \(new.codecs[format] ?? "nothing"): decoded pixels "
          + "may differ")
    }
    return notes
  }

  private static func text(_ image: Receipt.Image) -> String {
    "\(image.format) \(image.mode) \(image.width)x\(image.height)"
  }

  private static func text(_ value: Double?) -> String { value.map { "\($0)" } ?? "none" }

  private static func list(_ names: [String]?) -> String {
    names.map { "[" + $0.map(\.debugDescription).joined(separator: ", ") + "]" } ?? "none named"
  }
}

// The same fields as `aiguard verify --json` prints, under the same names: `Docs/Receipts.md` lists them.

extension ReceiptReplay: Encodable {
  private enum CodingKeys: CodingKey { case holds, firstDifference, stages, notes }

  private struct Line: Encodable {
    let stage: ReceiptStage
    let state: String
    let detail: String?
  }

  /// Writes `holds`, `firstDifference` where there is one, `stages` (`stage`, `state`: `same`, `near`, `different`,
  /// `not-reached`; `detail`) and `notes`.
  public func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: CodingKeys.self)
    try fields.encode(firstDifference == nil, forKey: .holds)
    try fields.encodeIfPresent(firstDifference, forKey: .firstDifference)
    try fields.encode(
      stages.map { Line(stage: $0.stage, state: $0.state.name, detail: $0.state.detail) }, forKey: .stages)
    try fields.encode(notes, forKey: .notes)
  }
}

extension ReceiptReplay.State {
  /// `same`, `near`, `different` or `not-reached`.
  public var name: String {
    switch self {
    case .same: "same"
    case .near: "near"
    case .different: "different"
    case .notReached: "not-reached"
    }
  }

  /// What is otherwise; `nil` where it is the same.
  public var detail: String? {
    switch self {
    case .same: nil
    case .near(let detail), .different(let detail), .notReached(let detail): detail
    }
  }
}
