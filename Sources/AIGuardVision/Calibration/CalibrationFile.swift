import Checkpoint
import JSONText
import Platform

/// `calibration.json` in a model's folder: what is known of the model's answers, beside what `transformers` saves.
///
/// Whoever reads a file of this name without knowing one of its keys would give other answers than were meant, so an
/// unknown key is an error, and so is a version of the format that is not this one.
package struct CalibrationFile: Equatable {
  /// The labels that mean "generated"; `nil` where the file leaves that to the table of spellings.
  package var generatedLabels: [String]?
  /// What makes verdicts of scores; `nil` where the file has none of it.
  package var calibration: Calibration?

  /// The one version of the format that there is.
  static let version = 1
  static let generatedLabelsKey = "generated_labels"
  /// What only a calibration has.
  private static let calibrationKeys = [
    "weights_sha256", "temperature", "bias", "unsure", "fitted_on", "domain",
  ]

  package init(generatedLabels: [String]? = nil, calibration: Calibration? = nil) {
    self.generatedLabels = generatedLabels
    self.calibration = calibration
  }

  /// Reads the file of a folder; `nil` where there is none.
  ///
  /// - Throws: `CheckpointError`, which names the file and the key.
  package init?(folder: ModelFolder) throws(CheckpointError) {
    let path = folder.calibrationPath
    let value: JSONValue
    do throws(CheckpointError) {
      value = try PretrainedConfig.json(contentsOf: path)
    } catch {
      if case .unreadable(let error) = error.problem, error.isNotFound { return nil }
      throw error
    }
    try self.init(json: value, file: path)
  }

  /// Reads what stands in a file.
  package init(json value: JSONValue, file: String) throws(CheckpointError) {
    guard let object = value.objectValue else {
      throw CheckpointError(file: file, problem: .notAnObject(found: value.summary))
    }
    let fields = JSONFields(object, file: file)
    try Self.check(object, "", known: ["version", Self.generatedLabelsKey] + Self.calibrationKeys, file)
    generatedLabels = try fields.value(Self.generatedLabelsKey, .strings)
    let isCalibrated = Self.calibrationKeys.contains { object[$0] != nil }
    if isCalibrated || object["version"] != nil {
      let version = try fields.required("version", .integer)
      guard version == Self.version else {
        throw CheckpointError(
          file: file,
          problem: .unsupported(
            key: "version", found: "the integer \(version)",
            reason: "the only version of the format that is known is \(Self.version)"))
      }
    }
    calibration = isCalibrated ? try Self.calibration(fields, file) : nil
  }

  private static func calibration(
    _ fields: JSONFields<CheckpointError>, _ file: String
  ) throws(CheckpointError) -> Calibration {
    func part(_ key: String, _ known: [String]) throws(CheckpointError) -> JSONFields<CheckpointError> {
      let object = try fields.required(key, .object)
      try check(object, key + ".", known: known, file)
      return JSONFields(object, prefix: key + ".", file: file)
    }
    let weights = try fields.required("weights_sha256", .string)
    let (temperature, bias) = (
      try fields.required("temperature", .number), try fields.required("bias", .number)
    )
    let unsure = try part("unsure", ["from", "to"])
    let (from, to) = (try unsure.required("from", .number), try unsure.required("to", .number))
    let fittedOn = try part(
      "fitted_on", ["data_sha256", "date", "error_rate", "fake", "real", "source_error_rate"])
    let fit = Calibration.Fit(
      errorRate: try fittedOn.required("error_rate", .number),
      dataSHA256: try fittedOn.required("data_sha256", .string),
      realCount: try fittedOn.required("real", .integer), fakeCount: try fittedOn.required("fake", .integer),
      sourceErrorRate: try fittedOn.value("source_error_rate", .number),
      date: try fittedOn.value("date", .string))
    var domain: ImageDomain?
    if fields["domain"] != nil {
      let part = try part(
        "domain", ["formats", "grey", "largest_side", "longest_aspect", "smallest_side"])
      domain = ImageDomain(
        smallestSide: try part.value("smallest_side", .integer),
        largestSide: try part.value("largest_side", .integer),
        longestAspect: try part.value("longest_aspect", .number),
        formats: try part.value("formats", .formats), includesGrey: try part.value("grey", .bool) ?? true)
    }
    do throws(CalibrationError) {
      return try Calibration(
        weightsSHA256: weights, temperature: temperature, bias: bias, unsure: (from, to), fit: fit,
        domain: domain)
    } catch {
      guard case .invalid(let key, let found, let expected) = error else {
        throw CheckpointError(
          file: file, problem: .unsupported(key: "weights_sha256", found: weights, reason: "\(error)"))
      }
      throw CheckpointError(
        file: file, problem: .invalidValue(key: key, expected: expected, found: found.printable))
    }
  }

  /// Refuses keys that are not known, and those that are there twice.
  private static func check(
    _ object: JSONObject, _ prefix: String, known: [String], _ file: String
  ) throws(CheckpointError) {
    var seen: Set<String> = []
    for member in object.members {
      let isKnown = known.contains(member.key)
      guard isKnown, seen.insert(member.key).inserted else {
        throw CheckpointError(
          file: file,
          problem: .unsupported(
            key: prefix + member.key, found: member.value.summary,
            reason: isKnown
              ? "the key is there twice" : "the keys that are known here are \(known.joined(separator: ", "))"
          ))
      }
    }
  }
}

extension JSONKind<[String]> {
  fileprivate static var strings: Self {
    Self("a list of strings") { value in
      guard let entries = value.arrayValue else { return nil }
      let names = entries.compactMap(\.stringValue)
      return names.count == entries.count ? names : nil
    }
  }
}

extension JSONKind<[ImageFormat]> {
  fileprivate static var formats: Self {
    Self("a list of formats, such as JPEG") { value in
      guard let entries = value.arrayValue else { return nil }
      let formats = entries.compactMap { $0.stringValue.flatMap(ImageFormat.init(rawValue:)) }
      return formats.count == entries.count ? formats : nil
    }
  }
}
