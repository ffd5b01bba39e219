import ImageProcessor
import ViTModel

extension ImageClassifier {
  /// Refuses an image processor that cuts images into other patches than the network's, or into patches for a network that
  /// takes pictures, or not into patches for one that takes patches. The shapes in the error are those of transformers,
  /// where such a network takes [patches, pixels of a patch].
  static func checkPatches(
    _ processor: ViTImageProcessor, _ config: AutoConfig
  ) throws(ImageClassifierError) {
    let channels = config.numChannels
    var wanted = [channels, config.imageSize.height, config.imageSize.width]
    if let patch = config.wholePatches {
      wanted = [
        config.imageSize.height / patch.height * (config.imageSize.width / patch.width),
        patch.height * patch.width * channels,
      ]
    }
    guard case .patches(let side, let most) = processor.config.size else {
      guard config.wholePatches != nil else { return }
      let size = try? processor.outputSize(width: 640, height: 480)
      throw .processorDoesNotFit(output: size.map { [3, $0.height, $0.width] } ?? [3], expected: wanted)
    }
    guard let patch = config.wholePatches, patch.height == side, patch.width == side, channels == 3 else {
      throw .processorDoesNotFit(output: [most, side * side * 3], expected: wanted)
    }
  }
}
