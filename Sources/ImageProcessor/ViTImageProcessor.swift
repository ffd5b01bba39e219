internal import CImageKernels
import TensorCore

/// Turns decoded images into the pixel values that a Vision Transformer takes.
///
/// The counterpart of transformers' `ViTImageProcessor`: resize, centre crop, rescale, normalise, with the
/// same numbers, bit for bit, as the profile says. A value that any number of tasks may share.
public struct ViTImageProcessor: Sendable {
  /// What is done.
  public let config: ImageProcessorConfig
  /// Whose arithmetic it is done with.
  public let profile: PreprocessingProfile
  /// The float stage.
  public let table: NormalizationTable

  /// Prepares a processor.
  ///
  /// - Throws: `ImageProcessorConfigError` for a configuration that the reference refuses when it is used:
  ///   sizes that are not positive, `longest_edge` alone, a crop that is not height and width, means or
  ///   deviations that are not three.
  public init(
    config: ImageProcessorConfig, profile: PreprocessingProfile = .pillow13
  ) throws(ImageProcessorConfigError) {
    if config.doResize { try Self.check(config.size) }
    if config.doCenterCrop {
      guard let cropSize = config.cropSize else {
        throw .missing(key: "crop_size", neededBy: "do_center_crop")
      }
      guard case .exact(let height, let width) = cropSize, height > 0, width > 0 else {
        throw .unsupported(key: "crop_size", value: "\(cropSize)")
      }
    }
    for (key, values) in [("image_mean", config.imageMean), ("image_std", config.imageStd)]
    where config.doNormalize && values.count != 3 {
      throw .channelCount(key: key, count: values.count)
    }
    self.config = config
    self.profile = profile
    switch profile {
    case .pillow13: self.table = NormalizationTable(config: config, arithmetic: .pil)
    }
  }

  private static func check(_ size: ImageSize) throws(ImageProcessorConfigError) {
    let isUsable =
      switch size {
      case .exact(let height, let width): height > 0 && width > 0
      case .shortestEdge(let edge, let longest): edge > 0 && (longest ?? 1) > 0
      case .fitting(let height, let width): height > 0 && width > 0
      case .longestEdge, .pixelRange: false
      }
    guard isUsable else { throw .unsupported(key: "size", value: "\(size)") }
  }

  /// The pixel values of one image: float32 of shape [1, 3, height, width].
  ///
  /// - Throws: `PreprocessingError` when the output would be empty or larger than is allowed.
  public func preprocess(_ image: RGBImage) throws -> Tensor {
    try preprocess([image])
  }

  /// The pixel values of several images: float32 of shape [count, 3, height, width].
  ///
  /// The images may differ in size, their outputs may not.
  ///
  /// - Throws: `PreprocessingError`; it names the first image whose output has another size.
  public func preprocess(_ images: [RGBImage]) throws -> Tensor {
    guard let first = images.first else { throw PreprocessingError.emptyBatch }
    let size = try outputSize(width: first.width, height: first.height)
    for (index, image) in images.enumerated().dropFirst() {
      let other = try outputSize(width: image.width, height: image.height)
      guard other == size else {
        throw PreprocessingError.differentOutputSizes(
          first: [3, size.height, size.width], index: index, other: [3, other.height, other.width])
      }
    }
    let plane = 3 * size.height * size.width
    let (total, overflow) = plane.multipliedReportingOverflow(by: images.count)
    guard !overflow, total <= Self.maximumValues else {
      throw PreprocessingError.tooLarge(
        what: "the pixel values of the batch", size: overflow ? .max : total, allowed: Self.maximumValues)
    }
    return try Tensor(shape: [images.count, 3, size.height, size.width]) { buffer in
      for (index, image) in images.enumerated() {
        let part = UnsafeMutableBufferPointer(rebasing: buffer[index * plane..<(index + 1) * plane])
        try preprocess(image, into: part)
      }
    }
  }

  /// The most pixel values of one call: those of the largest single image that may be made.
  static let maximumValues = 3 * RGBImage.maximumOutputPixels

  /// The size of the output for an image of the given size.
  package func outputSize(
    width: Int, height: Int
  ) throws(PreprocessingError) -> (height: Int, width: Int) {
    var size = try resizedSize(width: width, height: height)
    if config.doCenterCrop, case .exact(let cropHeight, let cropWidth)? = config.cropSize {
      size = (cropHeight, cropWidth)
    }
    _ = try RGBImage.checkedOutput(width: size.width, height: size.height)
    return size
  }

  private func resizedSize(
    width: Int, height: Int
  ) throws(PreprocessingError) -> (height: Int, width: Int) {
    guard config.doResize else { return (height, width) }
    guard let size = config.size.output(width: width, height: height) else {
      throw .tooLarge(
        what: "the pixels of a resized image", size: .max, allowed: RGBImage.maximumOutputPixels)
    }
    return size
  }

  /// Writes the pixel values of one image, [3, height, width], over memory of just that many elements.
  package func preprocess(
    _ image: RGBImage, into output: UnsafeMutableBufferPointer<Float>
  ) throws(PreprocessingError) {
    let size = try outputSize(width: image.width, height: image.height)
    let pixels = size.height * size.width
    guard output.count == pixels * 3, let base = output.baseAddress else {
      throw .outputCountMismatch(expected: pixels * 3, given: output.count)
    }
    var result = image
    let resized = try resizedSize(width: image.width, height: image.height)
    result = try result.resized(
      width: resized.width, height: resized.height, filter: config.resample, profile: profile)
    if config.doCenterCrop {
      result = try result.centerCropped(width: size.width, height: size.height)
    }
    result.withUnsafeBytes { rgb in
      cik_to_planes(
        rgb.bindMemory(to: UInt8.self).baseAddress, Int64(pixels), table.values, base)
    }
  }
}
