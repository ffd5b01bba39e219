/// Why a calibration is none, or not this model's.
public enum CalibrationError: ClassificationFailure, Sendable, Equatable, CustomStringConvertible {
  /// A value that cannot be, by its key in `calibration.json`.
  case invalid(key: String, found: String, expected: String)
  /// `calibration.json` was fitted with other weights than those beside it: the SHA-256 of both.
  case otherWeights(file: String, fittedWith: String, found: String)

  /// `calibration`.
  public var kind: String { "calibration" }
  /// 500: the file is the model's.
  public var httpStatus: Int { 500 }

  /// One line for a person: what is wrong, and what to do.
  public var description: String {
    switch self {
    case .invalid(let key, let found, let expected):
      "calibration: \(key) is \(found.printable), and must be \(expected)"
    case .otherWeights(let file, let fittedWith, let found):
      "\(file.printable): fitted with weights of SHA-256 \(fittedWith), and these have \(found), so that it says nothing of "
        + "them; fit it anew (aiguard calibrate), or take the file away"
    }
  }
}
