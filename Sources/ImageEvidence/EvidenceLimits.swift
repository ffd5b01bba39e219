/// What reading the evidence of one file may cost. Every limit is checked before the memory or the time is spent; what
/// exceeds one is not read, and is a finding.
public struct EvidenceLimits: Sendable, Equatable {
  /// The most segments, chunks, blocks, boxes or directory entries of a container. Default: 100,000.
  public var containerParts: Int = 100_000
  /// The most bytes of a C2PA manifest store. Default: 67,108,864 (64 MiB).
  public var storeBytes: Int = 64 << 20
  /// The most bytes of one text when inflated. Default: 8,388,608 (8 MiB).
  public var textBytes: Int = 8 << 20
  /// The most bytes of all texts of a file together, inflated. Default: 33,554,432 (32 MiB).
  public var allTextBytes: Int = 32 << 20
  /// The most bytes of an XMP packet, its extension included. Default: 8,388,608 (8 MiB).
  public var xmpBytes: Int = 8 << 20
  /// How deep elements of XMP and values of JSON may lie inside each other. Default: 64.
  public var textDepth: Int = 64
  /// The most directories of a TIFF structure. Default: 64.
  public var directories: Int = 64
  /// How deep boxes of JUMBF and of ISO base media files may lie inside each other. Default: 16.
  public var boxDepth: Int = 16
  /// The most boxes of a manifest store. Default: 10,000.
  public var storeBoxes: Int = 10_000
  /// The most manifests of a store. Default: 200.
  public var manifests: Int = 200
  /// The most assertions of a manifest. Default: 1,000.
  public var assertions: Int = 1_000
  /// How long a path from ingredient to ingredient may be. Default: 32.
  public var ingredientDepth: Int = 32
  /// How deep values of CBOR may lie inside each other. Default: 32.
  public var cborDepth: Int = 32
  /// The most values of one document of CBOR. Default: 100,000.
  public var cborItems: Int = 100_000
  /// The most certificates of a chain. Default: 10.
  public var certificates: Int = 10
  /// The most bytes of a certificate. Default: 16,384.
  public var certificateBytes: Int = 16 << 10

  /// The limits above as they stand.
  public static let `default` = EvidenceLimits()

  /// Limits with the default values.
  public init() {}
}
