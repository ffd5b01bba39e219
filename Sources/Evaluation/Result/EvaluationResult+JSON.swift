import JSONText
import Platform

// `Docs/PublicAPI.md` lists the fields. A figure that is not defined for these images has no field.

extension EvaluationResult {
  /// The whole result but for the scores of each image, as one JSON object.
  public var jsonText: String { json.pythonText + "\n" }

  var json: JSONValue {
    .fields([("data", data.json), ("models", .array(models.map(\.json)))])
  }

  /// A line of JSON for each judged image and model: what `--scores` writes.
  ///
  /// - Parameter write: Takes the lines in the order of models and images.
  public func eachScoreLine<Failure: Error>(
    _ write: (_ line: String) throws(Failure) -> Void
  ) throws(Failure) {
    for model in models {
      for image in model.images {
        try write(image.json(model: model.model.id).lineText + "\n")
      }
    }
  }
}

extension EvaluatedData {
  var json: JSONValue {
    .fields([
      ("name", .string(name.showingPathBytes)), ("split", .text(split)), ("listSHA256", .string(listSHA256)),
      ("count", .integer(count)), ("sample", .text(sample)),
      (
        "labels",
        .array(
          labels.map {
            .fields([
              ("name", .string($0.name)), ("isGenerated", .bool($0.isGenerated)),
              ("count", .integer($0.count)),
            ])
          })
      ),
      (
        "exclusion",
        exclusion.map {
          .fields([
            ("file", .string($0.file.showingPathBytes)), ("sha256", .string($0.sha256)),
            ("listed", .integer($0.listed)), ("excluded", .integer($0.excluded)),
          ])
        }
      ),
      ("failures", .array(failures.map(\.json))),
    ])
  }
}

extension EvaluatedData.Failure {
  var json: JSONValue {
    .fields([
      ("name", .string(name.showingPathBytes)), ("kind", .string(kind)),
      ("message", .string(message.showingPathBytes)),
    ])
  }
}

extension EvaluatedModel {
  var json: JSONValue {
    .fields([
      ("id", .string(id)), ("sha256", .string(sha256)), ("note", .text(note)),
      ("generatedLabels", .array(generatedLabels.map(JSONValue.string))), ("profile", .string(profile)),
      ("policy", .string(policy)), ("precision", .string(precision)), ("kernels", .string(kernels)),
      ("version", .string(version)),
    ])
  }
}

extension ScoredImage {
  func json(model: String? = nil) -> JSONValue {
    .fields([
      ("model", .text(model)), ("name", .string(name.showingPathBytes)), ("label", .string(label)),
      ("isGenerated", .bool(isGenerated)), ("score", .number(score)),
      ("predictedLabel", .text(predictedLabel)),
      ("verdict", .text(verdict?.name)), ("calibratedScore", .finite(calibratedScore)),
      ("source", .text(source)), ("format", .text(file?.format.rawValue)),
      ("width", file.map { .integer($0.width) }), ("height", file.map { .integer($0.height) }),
    ])
  }
}

extension ModelEvaluation {
  /// At most about this many points of a curve are written; areas are those of the whole curve.
  static let writtenPoints = 400

  var json: JSONValue {
    .fields([
      ("model", model.json), ("judged", .integer(images.count)), ("metrics", metrics.json),
      ("failures", .array(failures.map(\.json))),
      ("rocCurve", rocCurve.map { .array($0.shown(atMost: Self.writtenPoints).map(\.json)) }),
      (
        "precisionRecallCurve",
        precisionRecallCurve.map { .array($0.shown(atMost: Self.writtenPoints).map(\.json)) }
      ),
      ("calibration", calibration.map(\.json)), ("calibrationByMass", calibrationByMass.map(\.json)),
      ("tables", .fields(tables.map { ($0.grouping.rawValue, $0.json) })),
      ("hardest", .array(hardest.map { $0.json() })), ("classes", classes.map(\.json)),
      ("verdicts", verdicts.map(\.json)),
      ("sweep", sweep.isEmpty ? nil : .array(sweep.map(\.json))),
    ])
  }
}

extension ModelEvaluation.SweepRow {
  var json: JSONValue {
    .fields([
      ("name", .string(name)), ("recipe", .string(recipe)), ("metrics", metrics.json),
      ("failures", .array(failures.map(\.json))),
    ])
  }
}

extension VerdictSummary {
  var json: JSONValue {
    .fields([
      ("all", all.json),
      (
        "sources",
        .array(sources.map { .fields([("name", .text($0.name) ?? .null), ("counts", $0.counts.json)]) })
      ),
    ])
  }
}

extension VerdictSummary.Counts {
  var json: JSONValue {
    .fields([
      ("unsure", unsure.json), ("realCalledFake", realCalledFake.json),
      ("generatedCalledReal", generatedCalledReal.json), ("rightWhereSure", rightWhereSure.json),
    ])
  }
}
