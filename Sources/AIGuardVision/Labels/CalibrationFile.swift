import Checkpoint
import JSONText
import Platform

/// `calibration.json` in a model's folder: what is known of the model's answers, beside what `transformers` saves.
///
/// Whoever reads a file of this name without knowing one of its keys would give other answers than were meant, so an
/// unknown key is an error.
struct CalibrationFile: Equatable {
  /// The labels that mean "generated"; `nil` where the file leaves that to the table of spellings.
  var generatedLabels: [String]?

  static let generatedLabelsKey = "generated_labels"

  init(generatedLabels: [String]? = nil) { self.generatedLabels = generatedLabels }

  /// Reads the file of a folder; `nil` where there is none.
  ///
  /// - Throws: `CheckpointError`, which names the file and the key.
  init?(folder: ModelFolder) throws(CheckpointError) {
    let path = folder.calibrationPath
    let value: JSONValue
    do throws(CheckpointError) {
      value = try PretrainedConfig.json(contentsOf: path)
    } catch {
      if case .unreadable(let error) = error.problem, error.isNotFound { return nil }
      throw error
    }
    guard let object = value.objectValue else {
      throw CheckpointError(file: path, problem: .notAnObject(found: value.summary))
    }
    var known: Set<String> = []
    for member in object.members {
      guard member.key == Self.generatedLabelsKey else {
        throw CheckpointError(
          file: path,
          problem: .unsupported(
            key: member.key, found: member.value.summary,
            reason: "the only key that is known here is \(Self.generatedLabelsKey)"))
      }
      guard known.insert(member.key).inserted else {
        throw CheckpointError(
          file: path,
          problem: .unsupported(
            key: member.key, found: member.value.summary, reason: "the key is there twice"))
      }
    }
    let fields = JSONFields(object, file: path)
    generatedLabels = try fields.value(
      Self.generatedLabelsKey,
      JSONKind<[String]>("a list of strings") { value in
        guard let entries = value.arrayValue else { return nil }
        let names = entries.compactMap(\.stringValue)
        return names.count == entries.count ? names : nil
      })
  }

  /// What the file consists of.
  var text: String {
    var members: [JSONObject.Member] = []
    if let generatedLabels {
      members.append(
        JSONObject.Member(
          key: Self.generatedLabelsKey, value: .array(generatedLabels.map(JSONValue.string))))
    }
    return JSONValue.object(JSONObject(members: members)).pythonText + "\n"
  }
}

extension GeneratedLabels {
  /// The labels of a model in a folder: those that are named, else those of its `calibration.json`, else by the table.
  ///
  /// - Returns: A failure where neither names them and the table does not know them: such a model classifies without P(AI).
  /// - Throws: `ImageClassifierError` for the names; `CheckpointError` for the file, whoever names them.
  package static func labels(
    named names: [String]?, orInFolder path: String, of labels: [String],
    problemType: PretrainedConfig.ProblemType?, model: String
  ) throws -> Result<GeneratedLabels, ImageClassifierError> {
    let folder = ModelFolder(path)
    let file = try CalibrationFile(folder: folder)
    if let names {
      return .success(
        try GeneratedLabels(
          named: names, of: labels, problemType: problemType, model: model, origin: .caller))
    }
    if let names = file?.generatedLabels {
      do throws(ImageClassifierError) {
        return .success(
          try GeneratedLabels(
            named: names, of: labels, problemType: problemType, model: model,
            origin: .calibrationFile))
      } catch {
        throw CheckpointError(
          file: folder.calibrationPath,
          problem: .unsupported(
            key: CalibrationFile.generatedLabelsKey,
            found: "[\(names.map(\.printable).joined(separator: ", "))]", reason: "\(error)"))
      }
    }
    return byTheTable(of: labels, problemType: problemType, model: model)
  }

  /// What `calibration.json` of a model in a folder consists of when these labels are named in it.
  ///
  /// - Throws: As `labels(named:orInFolder:of:problemType:model:)`.
  package static func calibrationText(
    naming names: [String], inFolder path: String, config: PretrainedConfig, model: String
  ) throws -> String {
    let labels = try labels(
      named: names, orInFolder: path, of: config.labels, problemType: config.problemType, model: model
    ).get()
    var file = try CalibrationFile(folder: ModelFolder(path)) ?? CalibrationFile()
    file.generatedLabels = labels.names
    return file.text
  }

  static func byTheTable(
    of labels: [String], problemType: PretrainedConfig.ProblemType?, model: String
  ) -> Result<GeneratedLabels, ImageClassifierError> {
    Result { () throws(ImageClassifierError) in
      try GeneratedLabels(of: labels, problemType: problemType, model: model)
    }
  }
}
