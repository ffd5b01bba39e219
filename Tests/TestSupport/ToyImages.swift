import Foundation

/// A set of small images that anything can learn to tell apart, and a network that is small enough to do so in a moment.
package enum ToyImages {
  /// The labels, each a folder.
  package static let labels = ["bright", "dark"]

  /// A bitmap of 8 x 8 pixels.
  ///
  /// - Parameter value: The level of a place, its channels side by side.
  package static func bitmap(_ value: (Int) -> UInt8) -> [UInt8] {
    let size = 8
    func integer(_ value: Int, _ count: Int) -> [UInt8] {
      (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    let pixels = (0..<size * size * 3).map(value)
    return Array("BM".utf8) + integer(54 + pixels.count, 4) + integer(0, 4) + integer(54, 4)
      + integer(40, 4) + integer(size, 4) + integer(size, 4) + integer(1, 2) + integer(24, 2)
      + integer(0, 4) + integer(pixels.count, 4) + integer(2835, 4) + integer(2835, 4) + integer(0, 8)
      + pixels
  }

  /// Writes `count` images of each label, as LABEL/N.bmp, or PART/LABEL/N.bmp.
  package static func write(_ count: Int, to folder: URL, part: String? = nil, seed: UInt64 = 1) throws {
    var random = SplitMix64(seed: seed)
    for label in labels {
      let base = part.map { folder.appendingPathComponent($0) } ?? folder
      let place = base.appendingPathComponent(label)
      try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
      for index in 0..<count {
        let offset: UInt8 = label == "bright" ? 130 : 0
        let bytes = bitmap { _ in offset + UInt8.random(in: 0...120, using: &random) }
        try Data(bytes).write(to: place.appendingPathComponent("\(index).bmp"))
      }
    }
  }

  /// Writes the configurations of a network for these images: `config.json`, `preprocessor_config.json`.
  ///
  /// - Parameter labels: Its labels, where they are not `LABEL_0` and `LABEL_1`.
  package static func writeConfiguration(to folder: URL, labels: [String]? = labels, layers: Int = 2) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    var config = """
      {"architectures": ["ViTForImageClassification"], "model_type": "vit", "image_size": 8, "patch_size": 4,
       "num_channels": 3, "hidden_size": 16, "num_hidden_layers": \(layers), "num_attention_heads": 2,
       "intermediate_size": 32, "hidden_act": "gelu", "hidden_dropout_prob": 0.0,
       "attention_probs_dropout_prob": 0.0, "layer_norm_eps": 1e-06, "initializer_range": 0.02, "qkv_bias": true
      """
    if let labels {
      let names = labels.enumerated().map { "\"\($0)\": \"\($1)\"" }.joined(separator: ", ")
      let ids = labels.enumerated().map { "\"\($1)\": \($0)" }.joined(separator: ", ")
      config += ", \"id2label\": {\(names)}, \"label2id\": {\(ids)}"
    }
    try Data((config + "}\n").utf8).write(to: folder.appendingPathComponent("config.json"))
    let processor = """
      {"image_processor_type": "ViTImageProcessor", "do_resize": true, "size": {"height": 8, "width": 8},
       "resample": 2, "do_rescale": true, "rescale_factor": 0.00392156862745098, "do_normalize": true,
       "image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5]}
      """
    try Data(processor.utf8).write(to: folder.appendingPathComponent("preprocessor_config.json"))
  }
}
