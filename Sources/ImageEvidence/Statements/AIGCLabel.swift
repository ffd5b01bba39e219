internal import JSONText

/// China's label of generated content (GB 45438-2025, in TC260's form). Strings stand as in the file, unescaped.
public struct AIGCLabel: Sendable, Hashable, Codable {
  /// `1` generated, `2` possibly generated, `3` suspected to be; nil where the label does not say.
  public let label: String?
  /// Who made the content: a code or a name.
  public let contentProducer: String?
  /// The producer's number of it.
  public let produceID: String?
  /// Who spread the content.
  public let contentPropagator: String?
  /// The propagator's number of it.
  public let propagateID: String?
  /// Where it stands.
  public let place: String

  /// The label that a text holds: its object, or one under `AIGC`; nil for other texts.
  init?(_ text: String, place: String, limits: EvidenceLimits) {
    let options = JSONParsingOptions(
      maximumDepth: limits.textDepth, maximumByteCount: limits.textBytes, maximumValueCount: 10_000)
    guard text.utf8.first(where: { $0 > 0x20 }) == UInt8(ascii: "{"),
      let whole = (try? JSONValue(parsing: Array(text.utf8), options: options))?.objectValue
    else { return nil }
    let object = whole["AIGC"]?.objectValue ?? whole
    let names = ["Label", "ContentProducer", "ProduceID", "ContentPropagator", "PropagateID"]
    guard names.contains(where: { object[$0] != nil }) else { return nil }
    func value(_ key: String) -> String? {
      object[key]?.stringValue ?? object[key]?.integerValue.map(String.init)
    }
    label = value("Label")
    contentProducer = value("ContentProducer")
    produceID = value("ProduceID")
    contentPropagator = value("ContentPropagator")
    propagateID = value("PropagateID")
    self.place = place
  }
}
