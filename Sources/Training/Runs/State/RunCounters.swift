import Checkpoint
import JSONText

/// How far a run is, and what it has seen: all of its state that is no buffer of floats.
struct RunCounters: Equatable {
  /// The updates that were made.
  var step = 0
  /// The epoch that the next update is of, from 0.
  var epoch = 0
  /// The batch of that epoch that is next.
  var batch = 0
  /// The images that were learnt from.
  var images = 0
  /// Since the last line of the log.
  var interval = Interval()
  /// The best figures so far.
  var best: Validated?
  /// The epochs without better ones.
  var worseCount = 0
  var validations: [Validated] = []
  /// The files that could not be read, each once.
  var skipped: [String] = []
  /// The bytes of the log that belong to this state.
  var logByteCount = 0

  struct Interval: Equatable {
    var images = 0
    var lossSum = 0.0
    var correct = 0
    var updates = 0

    var loss: Double { images == 0 ? 0 : lossSum / Double(images) }
    var accuracy: Double { images == 0 ? 0 : Double(correct) / Double(images) }
  }

  struct Validated: Equatable {
    var step: Int
    var figures: ValidationFigures
  }
}

// MARK: As JSON

extension RunCounters {
  var json: JSONValue {
    .members([
      ("step", .integer(step)), ("epoch", .integer(epoch)), ("batch", .integer(batch)),
      ("images", .integer(images)),
      (
        "interval",
        .members([
          ("images", .integer(interval.images)), ("loss_sum", .number(interval.lossSum)),
          ("correct", .integer(interval.correct)), ("updates", .integer(interval.updates)),
        ])
      ),
      ("best", best?.json ?? .null), ("worse_count", .integer(worseCount)),
      ("validations", .array(validations.map(\.json))),
      ("skipped", .array(skipped.map { .string($0) })), ("log_bytes", .integer(logByteCount)),
    ])
  }

  /// - Throws: What `failure` makes, for anything that a run did not write.
  init<Failure: Error>(_ object: JSONObject, failure: @escaping (String) -> Failure) throws(Failure) {
    let fields = JSONFields(object) { key, expected, _ in failure("\(key) must be \(expected)") }
    let count = JSONKind<Int>.integer(0 ... .max)
    step = try fields.required("step", count)
    epoch = try fields.required("epoch", count)
    batch = try fields.required("batch", count)
    images = try fields.required("images", count)
    let interval = JSONFields(try fields.required("interval", .object)) { key, expected, _ in
      failure("interval.\(key) must be \(expected)")
    }
    self.interval.images = try interval.required("images", count)
    self.interval.lossSum = try interval.required("loss_sum", .number)
    self.interval.correct = try interval.required("correct", count)
    self.interval.updates = try interval.required("updates", count)
    if let best = try fields.optional("best", .object) { self.best = try Validated(best, failure: failure) }
    worseCount = try fields.required("worse_count", count)
    for entry in try fields.required("validations", .objects) {
      validations.append(try Validated(entry, failure: failure))
    }
    skipped = try fields.required("skipped", .strings)
    logByteCount = try fields.required("log_bytes", count)
  }
}

extension RunCounters.Validated {
  var json: JSONValue { .members([("step", .integer(step))] + figures.members) }

  init<Failure: Error>(
    _ object: JSONObject, failure: @escaping (String) -> Failure
  ) throws(Failure) {
    let fields = JSONFields(object) { key, expected, _ in failure("a validation's \(key) must be \(expected)")
    }
    step = try fields.required("step", .integer(0 ... .max))
    figures = ValidationFigures(
      images: try fields.required("images", .integer(0 ... .max)), loss: try fields.required("loss", .number),
      accuracy: try fields.required("accuracy", .share),
      balancedAccuracy: try fields.required("balanced_accuracy", .share))
  }
}

extension ValidationFigures {
  var members: [(key: String, value: JSONValue)] {
    [
      ("images", .integer(images)), ("loss", .number(loss)), ("accuracy", .number(accuracy)),
      ("balanced_accuracy", .number(balancedAccuracy)),
    ]
  }
}

extension JSONKind<[JSONObject]> {
  fileprivate static var objects: Self {
    Self("a list of objects") { value in
      guard let entries = value.arrayValue, case let objects = entries.compactMap(\.objectValue) else {
        return nil
      }
      return objects.count == entries.count ? objects : nil
    }
  }
}

extension JSONKind<[String]> {
  /// A list of strings, which may be empty.
  static var strings: Self {
    Self("a list of strings") { value in
      guard let entries = value.arrayValue, case let strings = entries.compactMap(\.stringValue) else {
        return nil
      }
      return strings.count == entries.count ? strings : nil
    }
  }
}
