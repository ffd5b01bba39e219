import Foundation

/// A tiny ViT of `Fixtures` under other labels: what a detector's folder looks like.
package enum LabelledModel {
  /// The fixtures by the number of their logits. Their images have 12x12 pixels.
  private static let fixtures = [
    1: "vit-tiny/one-head", 2: "vit-tiny/plain", 3: "architectures/deit", 5: "vit-tiny/five-heads",
  ]

  /// What makes the pixel values that the fixtures take.
  package static let defaultProcessor = #"{"image_processor_type": "ViTImageProcessor", "size": 12}"#

  /// Writes a model with these labels into `folder`, which is made.
  ///
  /// - Parameters:
  ///   - labels: As many as one of the fixtures has: 1, 2, 3 or 5.
  ///   - fixture: Another model of `Fixtures`, which has so many labels.
  ///   - problemType: What `config.json` says of the labels.
  ///   - processor: The text of `preprocessor_config.json`.
  package static func write(
    _ labels: [String], to folder: URL, fixture: String? = nil, problemType: String? = nil,
    processor: String = defaultProcessor
  ) throws {
    guard let fixture = fixture ?? fixtures[labels.count] else { throw NoFixture(labels: labels) }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let config = try Data(contentsOf: Fixtures.url("\(fixture)/config.json"))
    guard var members = try JSONSerialization.jsonObject(with: config) as? [String: Any] else {
      throw NoFixture(labels: labels)
    }
    members["id2label"] = Dictionary(
      uniqueKeysWithValues: labels.enumerated().map { ("\($0)", $1) })
    members["label2id"] = nil
    members["num_labels"] = nil
    members["problem_type"] = problemType
    try JSONSerialization.data(withJSONObject: members)
      .write(to: folder.appendingPathComponent("config.json"))
    try Data(processor.utf8)
      .write(to: folder.appendingPathComponent("preprocessor_config.json"))
    let weights = folder.appendingPathComponent("model.safetensors")
    try? FileManager.default.removeItem(at: weights)
    try FileManager.default.copyItem(at: Fixtures.url("\(fixture)/model.safetensors"), to: weights)
  }

  private struct NoFixture: Error { let labels: [String] }
}
