import Platform

/// What an image processor does to an image: the contents of a `preprocessor_config.json`.
///
/// The defaults are those of transformers' `ViTImageProcessor`; those of the others are in `ImageProcessorType`.
public struct ImageProcessorConfig: Sendable, Equatable {
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
    doConvertRGB: Bool = false
  ) {
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

/// Why a configuration cannot be used. Keys are named as in the file.
public enum ImageProcessorConfigError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The file, or the object in it, is not a JSON object.
  case notAnObject(found: String)
  /// A key has a value of the wrong type.
  case wrongType(key: String, expected: String, found: String)
  /// A key is null or absent although another one needs it.
  case missing(key: String, neededBy: String)
  /// A list has not one entry for each of the three channels.
  case channelCount(key: String, count: Int)
  /// A size is not one of the accepted sets of keys.
  case unknownSizeKeys(key: String, found: [String])
  /// A valid configuration that the reference refuses when it is used, or that this library does not do.
  case unsupported(key: String, value: String)
  /// The files name no image processor and no model that would imply one.
  case noProcessorType
  /// An image processor that is none of `ImageProcessorType`.
  case unknownProcessorType(String)

  /// One line for a person: what is wrong, and what to do where there is something.
  public var description: String {
    switch self {
    case .notAnObject(let found):
      "an image processor's configuration is an object, but \(found) was found"
    case .wrongType(let key, let expected, let found):
      "\(key): expected \(expected), found \(found)"
    case .missing(let key, let neededBy):
      "\(key) must be given because \(neededBy) is true"
    case .channelCount(let key, let count):
      "\(key) has \(count) entries; an RGB image has 3 channels"
    case .unknownSizeKeys(let key, let found):
      "\(key): the keys \(found.joined(separator: ", ")) are not a size; use height and width, "
        + "shortest_edge with or without longest_edge, or max_height and max_width"
    case .unsupported(let key, let value):
      "\(key): \(value) is not supported"
    case .noProcessorType:
      "no image_processor_type in preprocessor_config.json, and no config.json whose model_type implies one"
    case .unknownProcessorType(let name):
      "the image processor \(name.printable) is not supported; supported: "
        + ImageProcessorType.allCases.map(\.rawValue).joined(separator: ", ")
    }
  }
}
