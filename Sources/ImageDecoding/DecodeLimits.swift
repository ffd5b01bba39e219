/// What decoding and resizing one image may cost. Every limit is checked before the memory or the time is
/// spent; one that is negative refuses everything that it counts, and a size that cannot be counted is refused
/// whatever the limit.
///
/// Limits belong to a call: two callers in one process may use different ones.
public struct DecodeLimits: Sendable, Equatable {
  /// The most bytes that an encoded file may have. Default: 1,073,741,824 (1 GiB).
  public var encodedBytes: Int
  /// The most pixels (width times height) that an image may declare, or be resized or cropped to. Each takes
  /// three bytes decoded and twelve as pixel values. Default: 178,956,970.
  ///
  /// The default is the size beyond which Pillow 13 raises `DecompressionBombError`.
  public var pixels: Int
  /// The most bytes of metadata: JPEG application segments and comments, PNG chunks other than image data, as
  /// they stand in the file. Default: 67,108,864 (64 MiB).
  public var metadataBytes: Int
  /// The most bytes of working memory beside the decoded pixels: when decoding, for example, the coefficients
  /// of a progressive JPEG, which all stay in memory until its last scan; when resizing, the weights and the
  /// image between the two passes. Each step may take as much. Default: 2,147,483,648 (2 GiB).
  public var intermediateBytes: Int
  /// The most scans of a JPEG. Default: 500.
  ///
  /// Every scan passes over the whole image, so a small file with thousands of them costs minutes. Encoders
  /// write about ten.
  public var scans: Int
  /// The most blocks of 8x8 samples that the scans of a JPEG pass over, added up. Default: 100,000,000.
  ///
  /// Scans of a large image that hold next to nothing cost as much as others. The largest image that `pixels` allows by
  /// default, with no component subsampled, has 8,400,000 blocks; libjpeg's progressive script passes over them 4.7 times.
  public var scanBlocks: Int
  /// The most images of an animation. Only the first is decoded, but codecs keep a record of each. Default: 65,536.
  public var frames: Int

  /// Limits that accept every image that Pillow 13 accepts with its own default limits, save absurdities.
  public static let `default` = DecodeLimits()

  /// Creates limits; those not named have the default value.
  public init(
    encodedBytes: Int = 1 << 30, pixels: Int = 178_956_970, metadataBytes: Int = 64 << 20,
    intermediateBytes: Int = 2 << 30, scans: Int = 500, scanBlocks: Int = 100_000_000,
    frames: Int = 1 << 16
  ) {
    self.encodedBytes = encodedBytes
    self.pixels = pixels
    self.metadataBytes = metadataBytes
    self.intermediateBytes = intermediateBytes
    self.scans = scans
    self.scanBlocks = scanBlocks
    self.frames = frames
  }
}
