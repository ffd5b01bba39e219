import Platform

/// What an image processor does to an image: the contents of a `preprocessor_config.json`.
///
/// The defaults are those of transformers' `ViTImageProcessor`; those of the others are in `ImageProcessorType`.
public struct ImageProcessorConfig: Sendable, Equatable {
  /// The image processor that it is a configuration of, whose name it is saved under. What is done to images is what the
  /// others say.
  public var type: ImageProcessorType
  /// Whether images are resized to `size`.
  public var doResize: Bool
  /// The size that images are resized to.
  public var size: ImageSize
  /// How images are resized.
  public var resample: ResampleFilter
  /// Whether the middle of the resized image is cut out.
  public var doCenterCrop: Bool
  /// The size of the middle part. A resized image that is smaller gets black borders.
  public var cropSize: ImageSize?
  /// Whether levels are multiplied by `rescaleFactor`.
  public var doRescale: Bool
  /// The factor for levels 0 to 255.
  public var rescaleFactor: Double
  /// Whether `imageMean` is subtracted and the result divided by `imageStd`.
  public var doNormalize: Bool
  /// The mean of each of the three channels.
  public var imageMean: [Double]
  /// The standard deviation of each of the three channels. Zero gives infinities, as in the reference.
  public var imageStd: [Double]
  /// Whether images with alpha are blended on white before anything else. Images that are RGB already, as
  /// `ImageDecoder` returns them, are not affected.
  public var doConvertRGB: Bool
  /// The `crop_pct` of ConvNeXt and timm, where `size` and `cropSize` come of it.
  package var cropShare: Double?
  /// Whether the middle begins at half of the difference rounded to the nearest pixel, half to even, as torchvision cuts
  /// it for timm; else what is half a pixel is left out.
  package var roundsCrop = false
  /// The size that LeViT's and PoolFormer's files name, where `size` comes of it.
  package var namedSize: ImageSize?
  /// EfficientNet's `rescale_offset`: whether 1 is subtracted from what was rescaled.
  package var subtractsOne = false
  /// EfficientNet's `include_top`: whether the result is divided by `imageStd` once more.
  package var dividesAgain = false
  /// MobileViT's `do_flip_channel_order`: whether blue comes first and red last.
  package var flipsChannels = false
  /// What one of the reference's two back ends makes an error of, or something else, and the other one does so.
  package var refusals: [Refusal] = []

  /// Something that one of the reference's back ends does not do.
  package struct Refusal: Sendable, Equatable {
    let backend: NormalizationArithmetic
    let error: ImageProcessorConfigError
  }

  /// Creates a configuration; what is not named is as in `ViTImageProcessor()`.
  public init(
    doResize: Bool = true, size: ImageSize = .exact(height: 224, width: 224),
    resample: ResampleFilter = .bilinear, doCenterCrop: Bool = false, cropSize: ImageSize? = nil,
    doRescale: Bool = true, rescaleFactor: Double = 1.0 / 255.0, doNormalize: Bool = true,
    imageMean: [Double] = [0.5, 0.5, 0.5], imageStd: [Double] = [0.5, 0.5, 0.5],
    doConvertRGB: Bool = false, type: ImageProcessorType = .vit
  ) {
    self.type = type
    self.doResize = doResize
    self.size = size
    self.resample = resample
    self.doCenterCrop = doCenterCrop
    self.cropSize = cropSize
    self.doRescale = doRescale
    self.rescaleFactor = rescaleFactor
    self.doNormalize = doNormalize
    self.imageMean = imageMean
    self.imageStd = imageStd
    self.doConvertRGB = doConvertRGB
  }
}
