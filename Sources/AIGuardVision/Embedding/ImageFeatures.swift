/// The features of one image, and what produced them.
public struct ImageFeatures: Sendable, Equatable {
  /// Those that were asked for and that the model has.
  public let vectors: [ImageFeature: [Float]]
  /// What produced them.
  public let provenance: Provenance

  /// The CLS token's final state; `nil` where the model has no such token, or it was not asked for.
  public var cls: [Float]? { vectors[.cls] }
  /// What the model makes of the states for whoever comes after it; `nil` where it makes nothing, or it was not asked for.
  public var pooled: [Float]? { vectors[.pooled] }
  /// The mean of the patches' final states; `nil` where it was not asked for.
  public var mean: [Float]? { vectors[.mean] }

  /// One of them.
  public subscript(feature: ImageFeature) -> [Float]? { vectors[feature] }
}

// The same fields as `aiguard embed --json` prints, under the same names: `Docs/PublicAPI.md` lists them.
extension ImageFeatures: Encodable {
  private enum CodingKeys: CodingKey { case features }

  /// Writes one object: `features`, with a list of numbers for each, and beside it the fields of the provenance.
  ///
  /// - Throws: As `ModelIdentity.sha256`, and what the encoder throws.
  public func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: CodingKeys.self)
    let names = vectors.map { ($0.key.rawValue, $0.value) }
    try fields.encode(Dictionary(uniqueKeysWithValues: names), forKey: .features)
    try provenance.encode(to: encoder)
  }
}
