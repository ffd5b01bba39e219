import Checkpoint
import JSONText
import Platform

extension CalibrationFile {
  /// What the file consists of.
  package var text: String {
    var members: [(String, JSONValue)] = []
    if let generatedLabels {
      members.append((Self.generatedLabelsKey, .array(generatedLabels.map(JSONValue.string))))
    }
    if let calibration { members += Self.members(calibration) }
    return Self.object(members).pythonText + "\n"
  }

  private static func members(_ calibration: Calibration) -> [(String, JSONValue)] {
    let fit = calibration.fit
    var fittedOn: [(String, JSONValue)] = [
      ("data_sha256", .string(fit.dataSHA256)), ("error_rate", .number(fit.errorRate)),
      ("fake", .integer(fit.fakeCount)), ("real", .integer(fit.realCount)),
    ]
    if let rate = fit.sourceErrorRate { fittedOn.append(("source_error_rate", .number(rate))) }
    if let date = fit.date { fittedOn.append(("date", .string(date))) }
    var members: [(String, JSONValue)] = [
      ("version", .integer(version)), ("weights_sha256", .string(calibration.weightsSHA256)),
      ("temperature", .number(calibration.temperature)), ("bias", .number(calibration.bias)),
      (
        "unsure",
        object([
          ("from", .number(calibration.unsure.lowerBound)), ("to", .number(calibration.unsure.upperBound)),
        ])
      ),
      ("fitted_on", object(fittedOn)),
    ]
    if let domain = calibration.domain { members.append(("domain", Self.domain(domain))) }
    return members
  }

  private static func domain(_ domain: ImageDomain) -> JSONValue {
    var members: [(String, JSONValue)] = [("grey", .bool(domain.includesGrey))]
    if let side = domain.smallestSide { members.append(("smallest_side", .integer(side))) }
    if let side = domain.largestSide { members.append(("largest_side", .integer(side))) }
    if let aspect = domain.longestAspect { members.append(("longest_aspect", .number(aspect))) }
    if let formats = domain.formats {
      members.append(("formats", .array(formats.map { .string($0.rawValue) })))
    }
    return object(members)
  }

  private static func object(_ members: [(String, JSONValue)]) -> JSONValue {
    .object(JSONObject(members: members.map { JSONObject.Member(key: $0.0, value: $0.1) }))
  }
}

extension Calibration {
  /// The same for other files of the same numbers.
  func with(weightsSHA256: String) throws(CalibrationError) -> Calibration {
    try Calibration(
      weightsSHA256: weightsSHA256, temperature: temperature, bias: bias,
      unsure: (unsure.lowerBound, unsure.upperBound), fit: fit, domain: domain)
  }
}
