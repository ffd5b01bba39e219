import JSONText

extension BinaryMetrics {
  var json: JSONValue {
    .fields([
      ("threshold", .number(threshold)), ("confusion", confusion.json), ("accuracy", accuracy.json),
      ("balancedAccuracy", .finite(balancedAccuracy)),
      ("balancedAccuracyInterval", .interval(intervals?.balancedAccuracy)), ("precision", precision.json),
      ("recall", recall.json), ("specificity", specificity.json), ("f1", .number(f1)),
      ("macro", confusion.macro.json), ("weighted", confusion.weighted.json), ("rocArea", .finite(rocArea)),
      ("rocAreaInterval", .interval(intervals?.rocArea)), ("averagePrecision", .finite(averagePrecision)),
      ("averagePrecisionInterval", .interval(intervals?.averagePrecision)),
      ("precisionRecallArea", .finite(precisionRecallArea)), ("recallAt1PercentFPR", atOnePercent?.json),
      ("recallAt5PercentFPR", atFivePercent?.json), ("logLoss", .finite(logLoss)),
      ("brierScore", .finite(brierScore)), ("calibrationError", .finite(calibrationError)),
      ("calibrationErrorByMass", .finite(calibrationErrorByMass)),
    ])
  }
}

extension Proportion {
  var json: JSONValue {
    .fields([
      ("count", .integer(count)), ("total", .integer(total)), ("value", .finite(value)),
      ("interval", value == nil ? nil : .interval(interval)),
    ])
  }
}

extension PrecisionRecallF1 {
  var json: JSONValue {
    .fields([("precision", .number(precision)), ("recall", .number(recall)), ("f1", .number(f1))])
  }
}

extension ConfusionMatrix {
  var json: JSONValue {
    .fields([
      ("labels", .array(labels.map(JSONValue.string))),
      ("counts", .array(counts.map { .array($0.map(JSONValue.integer)) })), ("accuracy", correct.json),
      ("macro", macro.json), ("weighted", weighted.json),
    ])
  }
}

extension ROCCurve.Point {
  var json: JSONValue {
    .fields([
      ("threshold", .finite(threshold)), ("falsePositiveRate", .number(falsePositiveRate)),
      ("truePositiveRate", .number(truePositiveRate)),
    ])
  }
}

extension PrecisionRecallCurve.Point {
  var json: JSONValue {
    .fields([
      ("threshold", .finite(threshold)), ("precision", .number(precision)), ("recall", .number(recall)),
    ])
  }
}

extension CalibrationCurve {
  var json: JSONValue {
    .fields([
      ("expectedError", .number(expectedError)), ("maximumError", .number(maximumError)),
      (
        "bins",
        .array(
          bins.map {
            .fields([
              ("lower", .number($0.lower)), ("upper", .number($0.upper)),
              ("meanScore", .number($0.meanScore)),
              ("positives", $0.positives.json),
            ])
          })
      ),
    ])
  }
}

extension GroupTable {
  var json: JSONValue {
    .array(
      rows.map {
        .fields([
          ("name", .text($0.name) ?? .null), ("correct", $0.correct.json), ("generated", $0.generated.json),
          ("real", $0.real.json), ("rocArea", .finite($0.rocArea)), ("meanScore", .number($0.meanScore)),
        ])
      })
  }
}
