import ImageDecoding
import ImageProcessor

/// How images are changed before a network learns from them, each time in another way.
///
/// A recipe says what may happen and how likely that is. What does happen to an image is drawn for each seed, epoch and
/// place in the epoch (`AugmentationValues`), and everything drawn can be written down and done again. The order is: crop,
/// shift, mirror, turn, rescale, blur, sharpness, colour, brightness, contrast, re-encoding, erasing; then the image
/// processor; then mixing. All of it is done on 8-bit RGB with the bytes of Pillow, except for mixing, which is done on pixel values.
public struct Augmentation: Sendable, Equatable {
  /// A number that is drawn evenly from a range, with a probability.
  public struct Draw: Sendable, Equatable {
    /// From 0 to 1.
    public var probability: Double
    /// What the number is drawn from.
    public var range: ClosedRange<Double>

    /// Names probability and range.
    public init(probability: Double, range: ClosedRange<Double>) {
      self.probability = probability
      self.range = range
    }
  }

  /// A rectangle inside the image.
  public struct Area: Sendable, Equatable {
    /// From 0 to 1.
    public var probability: Double
    /// Its share of the image's pixels.
    public var scale: ClosedRange<Double>
    /// Its width divided by its height; drawn evenly in its logarithm.
    public var ratio: ClosedRange<Double>

    /// Names probability, scale and ratio.
    public init(probability: Double, scale: ClosedRange<Double>, ratio: ClosedRange<Double>) {
      self.probability = probability
      self.scale = scale
      self.ratio = ratio
    }
  }

  /// A move by whole pixels, along each axis for itself; at the edges the image is mirrored.
  public struct Shift: Sendable, Equatable {
    /// From 0 to 1.
    public var probability: Double
    /// How far to the right and down, in pixels.
    public var pixels: ClosedRange<Int>

    /// Names probability and distances.
    public init(probability: Double, pixels: ClosedRange<Int>) {
      self.probability = probability
      self.pixels = pixels
    }
  }

  /// A turn about the middle, in degrees counter-clockwise; corners are black.
  public struct Rotation: Sendable, Equatable {
    /// The angle.
    public var degrees: Draw
    /// How the turned image is sampled.
    public var filter: RotationFilter

    /// Names angle and filter.
    public init(degrees: Draw, filter: RotationFilter = .bilinear) {
      self.degrees = degrees
      self.filter = filter
    }
  }

  /// Another size.
  public struct Rescaling: Sendable, Equatable {
    /// What both sides are multiplied by.
    public var factor: Draw
    /// One of these is drawn.
    public var filters: [ResampleFilter]

    /// Names factor and filters.
    public init(factor: Draw, filters: [ResampleFilter] = [.bilinear]) {
      self.factor = factor
      self.filters = filters
    }
  }

  /// A lossy format and back.
  public struct Reencoding: Sendable, Equatable {
    /// From 0 to 1.
    public var probability: Double
    /// The quality, a whole number.
    public var quality: ClosedRange<Int>
    /// One of these is drawn; for JPEG alone.
    public var subsampling: [ChromaSubsampling]

    /// Names probability, quality and subsampling.
    public init(
      probability: Double, quality: ClosedRange<Int>, subsampling: [ChromaSubsampling] = [.quarter]
    ) {
      self.probability = probability
      self.quality = quality
      self.subsampling = subsampling
    }
  }

  /// An image becomes a mixture of itself and another of its batch, and so does what it is to be taken for.
  public struct Mixup: Sendable, Equatable {
    /// From 0 to 1.
    public var probability: Double
    /// Its weight has the distribution Beta(alpha, alpha).
    public var alpha: Double

    /// Names probability and alpha.
    public init(probability: Double, alpha: Double) {
      self.probability = probability
      self.alpha = alpha
    }
  }

  /// A part of the image, of any size and shape that the range allows.
  public var crop: Area?
  /// A move by whole pixels.
  public var shift: Shift?
  /// The probability of a mirror image.
  public var flip = 0.0
  /// A turn.
  public var rotation: Rotation?
  /// Another size.
  public var rescale: Rescaling?
  /// The radius of a Gaussian blur.
  public var blur: Draw?
  /// Pillow's `ImageEnhance.Sharpness`.
  public var sharpness: Draw?
  /// Pillow's `ImageEnhance.Color`: saturation.
  public var color: Draw?
  /// Pillow's `ImageEnhance.Brightness`.
  public var brightness: Draw?
  /// Pillow's `ImageEnhance.Contrast`.
  public var contrast: Draw?
  /// JPEG and back.
  public var jpeg: Reencoding?
  /// WebP and back, of the images that JPEG was not drawn for.
  public var webp: Reencoding?
  /// A rectangle of one colour.
  public var erasing: Area?
  /// Mixing with another image of the batch.
  public var mixup: Mixup?

  /// A recipe in which nothing happens.
  public init() {}

  /// Whether nothing can happen.
  public var isEmpty: Bool { self == Augmentation() }
}
