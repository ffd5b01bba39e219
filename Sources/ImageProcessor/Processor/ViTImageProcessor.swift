internal import CImageKernels
import ImageDecoding
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
  /// timm resizes with Pillow whatever back end is asked for: its profile is then `pillow13`.
  ///
  /// - Throws: `ImageProcessorConfigError` for a configuration that the reference refuses when it is used:
  ///   sizes that are not positive, a filter that the profile does not have, `longest_edge` alone, a crop that is not height and width, means or
  ///   deviations that are not three.
  public init(
    config: ImageProcessorConfig, profile: PreprocessingProfile = .pillow13
  ) throws(ImageProcessorConfigError) {
    // It has no other back end than Pillow.
    let profile = config.type == .timm && profile == .torchvision ? .pillow13 : profile
    if let refusal = config.refusals.first(where: { $0.backend == profile.arithmetic }) {
      throw refusal.error
    }
    if config.doResize {
      try Self.check(config.size)
      guard profile.has(config.resample) else {
        throw .unsupported(
          key: "resample", value: "\(config.resample.rawValue) (\(config.resample)) with \(profile.rawValue)")
      }
    }
    if case .patches(let patch, let most) = config.size {
      // Without resizing too: then images must be of whole patches.
      try Self.check(config.size)
      if config.doCenterCrop {
        throw .unsupported(key: "do_center_crop", value: "true with patches of \(patch), at most \(most),")
      }
    }
    if config.doCenterCrop {
      guard let cropSize = config.cropSize else {
        throw .missing(key: "crop_size", neededBy: "do_center_crop")
      }
      guard case .exact(let height, let width) = cropSize, height > 0, width > 0 else {
        throw .unsupported(key: "crop_size", value: "\(cropSize)")
      }
    }
    for (key, values) in [("image_mean", config.imageMean), ("image_std", config.imageStd)]
    where (config.doNormalize || config.dividesAgain) && values.count != 3 {
      throw .channelCount(key: key, count: values.count)
    }
    self.config = config
    self.profile = profile
    self.table = NormalizationTable(config: config, arithmetic: profile.arithmetic)
  }

  private static func check(_ size: ImageSize) throws(ImageProcessorConfigError) {
    let isUsable =
      switch size {
      case .exact(let height, let width): height > 0 && width > 0
      case .shortestEdge(let edge, let longest): edge > 0 && (longest ?? 1) > 0
      case .fitting(let height, let width): height > 0 && width > 0
      case .longestEdge, .pixelRange: false
      case .patches(let patch, let most): PatchedSize(patch: patch, most: most) != nil
      }
    if case .patches(let patch, let most) = size, !isUsable {
      throw .unsupported(key: "patch_size", value: "\(patch), with max_num_patches \(most),")
    }
    guard isUsable else { throw .unsupported(key: "size", value: "\(size)") }
  }

  /// The pixel values of one image: float32 of shape [1, 3, height, width].
  ///
  /// With a size in patches height and width are multiples of a patch. The reference has the same numbers in another order:
  /// a row for each patch, its pixels row by row with the channels side by side, and rows of zeros up to
  /// `max_num_patches`, which its model leaves out.
  ///
  /// - Parameters:
  ///   - image: A decoded image.
  ///   - limits: What resizing it may cost: `pixels` bounds the output and every image on the way to it,
  ///     `intermediateBytes` the working memory.
  /// - Throws: `PreprocessingError` when the output would be empty or larger than is allowed;
  ///   `TensorError.outOfMemory`.
  public func preprocess(_ image: RGBImage, limits: DecodeLimits = .default) throws -> Tensor {
    try preprocess([image], limits: limits)
  }

  /// The pixel values of several images: float32 of shape [count, 3, height, width].
  ///
  /// The images may differ in size, their outputs may not; with a size in patches (SigLIP 2) outputs are of one size where
  /// the images have about the same proportions.
  ///
  /// - Parameters:
  ///   - images: Decoded images.
  ///   - limits: What resizing each of them may cost. All outputs together may have as many pixels as `pixels`
  ///     allows one image, or as the default does where that is more: a limit that suits single images must not
  ///     forbid a batch of them.
  /// - Throws: `PreprocessingError`; it names the first image whose output has another size.
  ///   `TensorError.outOfMemory`.
  public func preprocess(_ images: [RGBImage], limits: DecodeLimits = .default) throws -> Tensor {
    guard let first = images.first else { throw PreprocessingError.emptyBatch }
    let size = try outputSize(width: first.width, height: first.height, limits: limits)
    for (index, image) in images.enumerated().dropFirst() {
      let other = try outputSize(width: image.width, height: image.height, limits: limits)
      guard other == size else {
        throw PreprocessingError.differentOutputSizes(
          first: [3, size.height, size.width], index: index, other: [3, other.height, other.width])
      }
    }
    let pixels = size.height * size.width
    let total = DecodeLimits.product(pixels, images.count)
    let allowed = max(limits.pixels, DecodeLimits.default.pixels)
    guard DecodeLimits.allows(total, of: allowed) else {
      throw PreprocessingError.tooLarge(what: "the pixels of the batch", size: total, allowed: allowed)
    }
    let plane = 3 * pixels  // Which can be addressed: it is the size of an image.
    return try Tensor(shape: [images.count, 3, size.height, size.width]) { buffer in
      for (index, image) in images.enumerated() {
        let part = UnsafeMutableBufferPointer(rebasing: buffer[index * plane..<(index + 1) * plane])
        try preprocess(image, into: part, limits: limits)
      }
    }
  }

  /// The size of the output for an image of the given size.
  package func outputSize(
    width: Int, height: Int, limits: DecodeLimits = .default
  ) throws(PreprocessingError) -> (height: Int, width: Int) {
    try outputSize(resizedTo: resizedSize(width: width, height: height, limits: limits), limits: limits)
  }

  private func outputSize(
    resizedTo resized: (height: Int, width: Int), limits: DecodeLimits
  ) throws(PreprocessingError) -> (height: Int, width: Int) {
    var size = resized
    if config.doCenterCrop, case .exact(let cropHeight, let cropWidth)? = config.cropSize {
      size = (cropHeight, cropWidth)
    }
    try RGBImage.checkOutput(width: size.width, height: size.height, limits: limits)
    return size
  }

  func resizedSize(
    width: Int, height: Int, limits: DecodeLimits
  ) throws(PreprocessingError) -> (height: Int, width: Int) {
    var patches: PatchedSize?
    if case .patches(let patch, let most) = config.size { patches = PatchedSize(patch: patch, most: most) }
    guard config.doResize else {
      try patches?.check(width: width, height: height)
      return (height, width)
    }
    guard let size = config.size.output(width: width, height: height) else {
      throw .tooLarge(what: "the pixels of a resized image", size: .max, allowed: limits.pixels)
    }
    try patches?.check(width: size.width, height: size.height)
    return size
  }

  /// Writes the pixel values of one image, [3, height, width], over memory of just that many elements.
  package func preprocess(
    _ image: RGBImage, into output: UnsafeMutableBufferPointer<Float>, limits: DecodeLimits = .default
  ) throws(PreprocessingError) {
    let resized = try resizedSize(width: image.width, height: image.height, limits: limits)
    try finish(
      image.resized(
        width: resized.width, height: resized.height, filter: config.resample, profile: profile,
        limits: limits),
      into: output, limits: limits)
  }

  /// What follows the resize: the crop and the float stage.
  private func finish(
    _ resized: RGBImage, into output: UnsafeMutableBufferPointer<Float>, limits: DecodeLimits
  ) throws(PreprocessingError) {
    var result = resized
    if config.doCenterCrop, case .exact(let height, let width)? = config.cropSize {
      result = try result.centerCropped(
        width: width, height: height, profile: profile, rounds: config.roundsCrop, limits: limits)
    }
    let pixels = result.width * result.height
    guard output.count == pixels * 3, let base = output.baseAddress else {
      throw .outputCountMismatch(expected: pixels * 3, given: output.count)
    }
    result.withUnsafeBytes { rgb in
      cik_to_planes(rgb.bindMemory(to: UInt8.self).baseAddress, Int64(pixels), table.values, base)
    }
    if config.flipsChannels {
      for index in 0..<pixels { swap(&base[index], &base[2 * pixels + index]) }
    }
  }

  /// What becomes of transparent pixels of encoded images.
  ///
  /// Where the configuration has `do_convert_rgb`, the reference's processor composites images that it is given as they
  /// were opened. The pipeline has dropped their alpha before.
  public func alphaHandling(_ policy: InputPolicy) -> AlphaHandling {
    config.doConvertRGB && policy == .asStored ? .compositedOnWhite : .dropped
  }

  /// The pixel values of an encoded image: float32 of shape [1, 3, height, width].
  ///
  /// The same as decoding, with alpha as `alphaHandling(_:)` says, and then preprocessing. Where the format and the order of the passes allow, rows are
  /// resized as they are decoded, and the image is never in memory at its full size.
  ///
  /// - Parameters:
  ///   - bytes: A whole image file. Only read during the call.
  ///   - policy: Which of the image's orientations is taken.
  ///   - limits: What decoding and resizing it may cost.
  /// - Throws: `ImageError`, `PreprocessingError`, `TensorError.outOfMemory`.
  public func preprocess(
    imageBytes bytes: UnsafeRawBufferPointer, policy: InputPolicy = .asStored, limits: DecodeLimits = .default
  ) throws -> Tensor {
    try prepare(imageBytes: bytes, policy: policy, limits: limits).pixelValues
  }

  /// The pixel values of an encoded image, and what its file says of it; as `preprocess(imageBytes:policy:limits:)`.
  package func prepare(
    imageBytes bytes: UnsafeRawBufferPointer, policy: InputPolicy, limits: DecodeLimits
  ) throws -> (pixelValues: Tensor, facts: ImageFacts) {
    let reader = try ImageDecoder.reader(of: bytes, limits: limits)
    let image = try resized(reader, policy: policy, limits: limits)
    let size = try outputSize(resizedTo: (image.height, image.width), limits: limits)
    let pixelValues = try Tensor(shape: [1, 3, size.height, size.width]) {
      try finish(image, into: $0, limits: limits)
    }
    return (pixelValues, reader.header.facts)
  }

  /// The pixel values of an image that was decoded with alpha as `alphaHandling(_:)` says: bit for bit those of its file.
  ///
  /// - Throws: `PreprocessingError`, `TensorError.outOfMemory`.
  package func preprocess(
    _ decoded: DecodedImage, policy: InputPolicy, limits: DecodeLimits
  ) throws -> Tensor {
    let image = decoded.image
    let orientation = policy == .pipeline ? decoded.orientation : .topLeft
    let seen = orientation.swapsAxes ? (image.height, image.width) : (image.width, image.height)
    let size = try resizedSize(width: seen.0, height: seen.1, limits: limits)
    let resized = try image.resized(
      width: size.width, height: size.height, from: orientation, filter: config.resample, profile: profile,
      limits: limits)
    let output = try outputSize(resizedTo: (resized.height, resized.width), limits: limits)
    return try Tensor(shape: [1, 3, output.height, output.width]) {
      try finish(resized, into: $0, limits: limits)
    }
  }

  /// Decodes and resizes.
  private func resized(
    _ reader: any ImageReader, policy: InputPolicy, limits: DecodeLimits
  ) throws -> RGBImage {
    let header = reader.header
    let isSettled = policy == .asStored || !header.orientationMayFollow
    if config.doResize, config.resample != .nearest, header.comesFromTop, isSettled {
      let orientation = header.orientation(for: policy)
      let seen = orientation.swapsAxes ? (header.height, header.width) : (header.width, header.height)
      let size = try resizedSize(width: seen.0, height: seen.1, limits: limits)
      try RGBImage.checkOutput(width: size.width, height: size.height, limits: limits)
      if (size.width, size.height) != seen {
        let plan = try ResizePlan(
          width: header.width, height: header.height, orientation: orientation,
          output: (size.width, size.height),
          filter: config.resample, profile: profile, limits: limits)
        if let passes = try ResizePasses(plan) {
          let band = try RowBand(header, for: passes)
          band.isOnWhite = alphaHandling(policy) == .compositedOnWhite
          _ = try reader.write(to: band)
          band.finish()
          return try passes.resized()
        }
      }
    }
    let whole = try WholeImage(header)
    whole.isOnWhite = alphaHandling(policy) == .compositedOnWhite
    let stored = try reader.write(to: whole)
    let orientation = header.turn == .topLeft && policy == .pipeline ? stored : header.turn
    let seen =
      orientation.swapsAxes ? (header.height, header.width) : (header.width, header.height)
    let size = try resizedSize(width: seen.0, height: seen.1, limits: limits)
    return try whole.image.resized(
      width: size.width, height: size.height, from: orientation, filter: config.resample, profile: profile,
      limits: limits)
  }
}
