import AIGuardVision
import Platform

/// Why no calibration can be fitted on some images.
public enum CalibrationFitError: ClassificationFailure, Sendable, Equatable, CustomStringConvertible {
  /// There are no photographs, or no generated images.
  case oneClass(real: Int, fake: Int)
  /// Log-odds that are no number.
  case notFinite(index: Int)
  /// Every generated image has higher log-odds than every photograph: the fitted temperature would be 0.
  case separable
  /// Higher log-odds do not mean that an image was more often generated.
  case notInformative
  /// The arithmetic did not settle.
  case notConverged
  /// An error rate that is not between 0 and 1.
  case invalidErrorRate(Double)
  /// A rate for unseen sources was asked for, and of some images the source is not known.
  case unknownSources
  /// Whether these labels of the data set mean "generated" is not known, and nobody has said it.
  case unknownLabels([String])
  /// The data set does not have labels that were said to mean "generated".
  case noSuchLabels(named: [String], labels: [String])

  /// `calibration`.
  public var kind: String { "calibration" }
  /// 400: the images or the rate are the caller's.
  public var httpStatus: Int { 400 }

  /// One line for a person.
  public var description: String {
    switch self {
    case .oneClass(let real, let fake):
      "\(real) photographs and \(fake) generated images: a calibration is fitted on some of both"
    case .notFinite(let index): "the score of image \(index) is no number"
    case .separable:
      "all generated images score higher than all photographs, so that how sure the model may be cannot be told; give more "
        + "images, or harder ones"
    case .notInformative:
      "higher scores are not more often those of generated images; the labels of the model or of the images may be the "
        + "wrong way round"
    case .notConverged: "the fit of temperature and bias did not settle"
    case .invalidErrorRate(let rate): "the error rate is \(rate), and must be between 0 and 1"
    case .unknownSources:
      "an error rate for unseen sources needs the source of every image, and of some it is not known"
    case .unknownLabels(let labels):
      "whether \(Self.list(labels)) means a generated image is not known; name the labels of the data set that do: "
        + "positiveLabels, --positive"
    case .noSuchLabels(let named, let labels):
      "the data set has no label \(Self.list(named)); its labels are \(Self.list(labels))"
    }
  }

  private static func list(_ labels: [String]) -> String {
    labels.prefix(20).map(\.printable).joined(separator: ", ")
      + (labels.count > 20 ? ", ... (\(labels.count))" : "")
  }
}
