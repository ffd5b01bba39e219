import AIGuardVision
import Foundation

/// A model that is served, under a name.
package struct ServedModel: Sendable {
  /// What clients call it.
  package let name: String
  package let classifier: ImageClassifier
  private let settingsOfModel: String

  package init(name: String, classifier: ImageClassifier) {
    self.name = name
    self.classifier = classifier
    settingsOfModel = Self.settings(of: classifier)
  }

  /// What a result depends on besides the image and the weights.
  func settings(_ function: ClassificationFunction?) -> String {
    "\(function?.rawValue ?? "default")/\(settingsOfModel)"
  }

  private static func settings(of classifier: ImageClassifier) -> String {
    let provenance = classifier.provenance
    var parts = [
      provenance.profile.rawValue, provenance.policy.rawValue, provenance.precision.rawValue,
      provenance.version,
    ]
    if let calibration = classifier.calibration {
      let unsure = calibration.unsure
      parts.append(
        "t\(calibration.temperature) b\(calibration.bias) u\(unsure.lowerBound)-\(unsure.upperBound)")
    }
    return parts.joined(separator: "/")
  }
}
