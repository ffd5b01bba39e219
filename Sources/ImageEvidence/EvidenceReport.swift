/// What a file says of its own origin: testimony, which no model weighs. Absence of everything is no evidence either way.
public struct EvidenceReport: Sendable, Codable, Equatable {
  /// The container, by the file's first bytes and as Pillow names it; nil for none that is known.
  public let container: String?
  /// The width in pixels; nil where the header could not be read, or nothing was to be compared with it.
  public let width: Int?
  /// The height in pixels; nil as `width`.
  public let height: Int?
  /// The time for which certificates were judged.
  public let validationTime: UTCTime
  /// What is said of the origin, the strongest first.
  public internal(set) var statements: [OriginStatement] = []
  /// The C2PA manifest store, validated; nil where the file has none, or more than one.
  public internal(set) var manifestStore: ManifestStore?
  /// What a generator wrote of how it made the image.
  public internal(set) var generation: GenerationParameters?
  /// Whether the generator's own signature over pixels and text holds (NovelAI's).
  public internal(set) var hasGeneratorsSignature = false
  /// What EXIF says of a camera.
  public internal(set) var camera = CameraEvidence()
  /// China's label of generated content.
  public internal(set) var contentLabel: AIGCLabel?
  /// The digital source types that XMP names, in the order of the file.
  public internal(set) var digitalSourceTypes: [DigitalSourceType] = []
  /// Where a C2PA manifest is said to be. Nothing is fetched.
  public internal(set) var remoteManifestURL: String?
  /// What else is remarkable about the metadata: damage, limits, contradictions.
  public internal(set) var findings: [EvidenceFinding] = []

  /// The same without what a user wrote: prompts and the texts that hold them.
  public var withoutPrompts: EvidenceReport {
    var copy = self
    copy.generation = generation?.withoutPrompts
    return copy
  }
}
