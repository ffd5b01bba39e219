import AIGuardVision
import Foundation
import ImageProcessor

extension ModelService {
  /// The image with a map over it of where the result comes from, as PNG.
  package func map(_ bytes: [UInt8], model: ServedModel) async throws -> Data {
    let explanation = try await explain(bytes, model: model)
    let limits = model.classifier.limits
    return try await withTaskExecutorPreference(threads) {
      Data(try ImageEncoder.encode(try explanation.image(), as: .png(), limits: limits))
    }
  }

  /// The image as a small JPEG, for those that cannot show it themselves; nothing of it is kept.
  package func thumbnail(_ bytes: [UInt8], model: ServedModel) async throws -> Data {
    let limits = model.classifier.limits
    return try await withDeadline {
      try await self.inTurn { try Thumbnail.jpeg(of: bytes, limits: limits) }
    }
  }
}
