import Checkpoint
import Platform

/// What becomes of `calibration.json` when weights are written into other files.
///
/// A calibration belongs to weights by the hash of their files, and new files have another. It goes with them where every
/// number is the same, and not where they are rounded.
package struct CarriedCalibration {
  /// What is written with the weights: all that does not hang on their hash, where there is such.
  package let withoutHash: CalibrationFile?
  /// Whether there was a calibration that is left out because the new weights are rounded ones.
  package let isLeftOut: Bool
  private let calibration: Calibration?

  /// - Parameters:
  ///   - file: What stands beside the old weights.
  ///   - isExact: Whether the new weights are the same numbers.
  package init(_ file: CalibrationFile?, isExact: Bool) {
    calibration = isExact ? file?.calibration : nil
    isLeftOut = !isExact && file?.calibration != nil
    let labels = file?.generatedLabels
    withoutHash = labels.map { CalibrationFile(generatedLabels: $0) }
  }

  /// Writes the whole file, now that the new weights are there. Until then there is a model that makes no verdicts.
  ///
  /// - Parameter folder: Where the new weights are.
  package func finish(inFolder folder: String) throws {
    guard let calibration else { return }
    var file = withoutHash ?? CalibrationFile()
    file.calibration = try calibration.with(
      weightsSHA256: ModelWeights(contentsOfFolder: folder).sha256())
    try OutputFile.replace(ModelFolder(folder).calibrationPath, with: file.text)
  }
}

extension ModelWeights {
  /// Whether they have the same numbers when they are converted to a type.
  package func isExact(as dtype: DType?) -> Bool {
    guard let dtype else { return true }
    return names.allSatisfy { name in
      switch (self.dtype(of: name), dtype) {
      case (let own?, let new) where own == new: true
      case (.float16, .float32), (.bfloat16, .float32), (.float16, .float64), (.bfloat16, .float64),
        (.float32, .float64):
        true
      // What is no floating-point number is not converted.
      case (let own?, _): !own.isEncodable
      case (nil, _): false
      }
    }
  }
}
