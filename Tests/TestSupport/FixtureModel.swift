import CFixtureWeights
import Foundation

/// The full-size ViT-B/16 of `Fixtures/vit-base`: its weights come from a generator, so none are stored.
///
/// The same rule stands in `Fixtures/vit-base/make.py`, which made the reference's logits.
package enum FixtureModel {
  /// A folder with the model as transformers saves it, made once for the process (346 MB) and removed at its end.
  package static func viTBase() throws -> URL { try made.get() }

  private static let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent(
      "aiguard-vit-base-\(ProcessInfo.processInfo.processIdentifier)", isDirectory: true)

  private static let made: Result<URL, any Error> = Result {
    atexit { try? FileManager.default.removeItem(at: FixtureModel.folder) }
    try writeViTBase(to: folder)
    return folder
  }

  /// Writes `model.safetensors`, `config.json` and `preprocessor_config.json` into `folder`.
  package static func writeViTBase(to folder: URL) throws {
    let files = FileManager.default
    try files.createDirectory(at: folder, withIntermediateDirectories: true)
    for name in ["config.json", "preprocessor_config.json"] {
      try Data(Fixtures.bytes("vit-base/\(name)")).write(to: folder.appendingPathComponent(name))
    }
    let weights = folder.appendingPathComponent("model.safetensors")
    guard files.createFile(atPath: weights.path, contents: nil) else { throw CocoaError(.fileWriteUnknown) }
    let file = try FileHandle(forWritingTo: weights)
    defer { try? file.close() }

    var offset = 0
    let entries = shapes.map { key, shape in
      let begin = offset
      offset += 4 * shape.reduce(1, *)
      return "\"\(key)\":{\"dtype\":\"F32\",\"shape\":\(shape),\"data_offsets\":[\(begin),\(offset)]}"
    }
    var header = "{\"__metadata__\":{\"format\":\"pt\"},\(entries.joined(separator: ","))}"
    header += String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)
    try file.write(
      contentsOf: withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Data($0) } + Data(header.utf8)
    )

    let buffer = UnsafeMutableBufferPointer<Float>.allocate(capacity: 1 << 20)
    defer { buffer.deallocate() }
    guard let base = buffer.baseAddress else { return }
    for (key, shape) in shapes {
      let count = shape.reduce(1, *)
      let (multiplier, weightOffset) = recipe(key)
      for first in stride(from: 0, to: count, by: buffer.count) {
        let part = min(buffer.count, count - first)
        fixture_weights(fnv1a64(key.utf8), UInt64(first), part, multiplier, weightOffset, base)
        try file.write(contentsOf: Data(bytesNoCopy: base, count: 4 * part, deallocator: .none))
      }
    }
  }

  /// The elements `first ..< first + count` of the tensor `key`: `(sum * multiplier + offset) / 2^30`.
  package static func weights(
    _ key: String, count: Int, multiplier: Int32, offset: Int32 = 0, first: Int = 0
  ) -> [Float] {
    [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      guard let base = buffer.baseAddress else { return }
      fixture_weights(fnv1a64(key.utf8), UInt64(first), count, multiplier, offset, base)
      initialized = count
    }
  }

  /// All elements of the model's tensor `key`, nil where the model has none of that name.
  package static func tensor(_ key: String) -> [Float]? {
    guard let shape = shapes.first(where: { $0.key == key })?.shape else { return nil }
    let (multiplier, offset) = recipe(key)
    return weights(key, count: shape.reduce(1, *), multiplier: multiplier, offset: offset)
  }

  /// The 64-bit FNV-1a hash.
  package static func fnv1a64(_ bytes: some Sequence<UInt8>) -> UInt64 {
    let bytes = Array(bytes)
    return bytes.withUnsafeBytes { buffer in
      guard let base = buffer.baseAddress else { return fixture_fnv1a64_start }
      return fixture_fnv1a64(fixture_fnv1a64_start, base, buffer.count)
    }
  }

  /// The scale and the centre of the tensor `key`; the standard deviation is multiplier * 3.524e-5.
  package static func recipe(_ key: String) -> (multiplier: Int32, offset: Int32) {
    if key.contains("norm") && key.hasSuffix("weight") { return (2838, 1 << 30) }
    if key.hasSuffix("bias") { return (568, 0) }
    if key.hasSuffix("query.weight") || key.hasSuffix("key.weight") { return (1419, 0) }
    if key.hasSuffix("cls_token") || key.hasSuffix("position_embeddings") { return (568, 0) }
    return (1021, 0)
  }

  /// The names and shapes of the model's tensors, in the order of the file.
  package static let shapes: [(key: String, shape: [Int])] = {
    let (hidden, inner) = (768, 3072)
    var shapes: [(key: String, shape: [Int])] = [
      ("classifier.bias", [2]), ("classifier.weight", [2, hidden]),
      ("vit.embeddings.cls_token", [1, 1, hidden]),
      ("vit.embeddings.patch_embeddings.projection.bias", [hidden]),
      ("vit.embeddings.patch_embeddings.projection.weight", [hidden, 3, 16, 16]),
      ("vit.embeddings.position_embeddings", [1, 197, hidden]),
      ("vit.layernorm.bias", [hidden]), ("vit.layernorm.weight", [hidden]),
    ]
    for index in 0..<12 {
      let layer = "vit.encoder.layer.\(index)."
      for name in ["query", "key", "value"] {
        shapes.append((layer + "attention.attention.\(name).bias", [hidden]))
        shapes.append((layer + "attention.attention.\(name).weight", [hidden, hidden]))
      }
      shapes.append((layer + "attention.output.dense.bias", [hidden]))
      shapes.append((layer + "attention.output.dense.weight", [hidden, hidden]))
      shapes.append((layer + "intermediate.dense.bias", [inner]))
      shapes.append((layer + "intermediate.dense.weight", [inner, hidden]))
      shapes.append((layer + "output.dense.bias", [hidden]))
      shapes.append((layer + "output.dense.weight", [hidden, inner]))
      for name in ["layernorm_before", "layernorm_after"] {
        shapes.append((layer + name + ".bias", [hidden]))
        shapes.append((layer + name + ".weight", [hidden]))
      }
    }
    return shapes
  }()
}
