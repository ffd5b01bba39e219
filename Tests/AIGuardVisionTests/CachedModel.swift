import AIGuardVision
import Checkpoint
import Foundation
import Platform
import TestSupport
import Testing

/// A tiny model in a folder of its own, and a folder beside it for a packed cache.
struct CachedModel: Sendable {
  let model: URL
  let folder: URL
  private let side: Int
  private let directory: TemporaryDirectory

  var cache: PackedCache { PackedCache(folder: folder.path) }
  var weights: URL { model.appendingPathComponent("model.safetensors") }

  /// - Parameters:
  ///   - fixture: The model, relative to `Fixtures/`.
  ///   - side: Of its images.
  init(_ fixture: String = "vit-tiny/plain", side: Int = 12) throws {
    self.side = side
    directory = try TemporaryDirectory()
    model = directory.url.appendingPathComponent("model")
    folder = directory.url.appendingPathComponent("above/cache")
    let files = FileManager.default
    try files.createDirectory(at: model, withIntermediateDirectories: false)
    let source = Fixtures.url(fixture)
    for name in ["config.json", "model.safetensors"] {
      try files.copyItem(
        at: source.appendingPathComponent(name), to: model.appendingPathComponent(name))
    }
    let processor =
      #"{"image_processor_type": "ViTImageProcessor", "size": {"height": \#(side), "width": \#(side)}}"#
    try Data(processor.utf8).write(to: model.appendingPathComponent("preprocessor_config.json"))
    // Only what was modified some time ago is remembered.
    try files.setAttributes([.modificationDate: Date.now - 3600], ofItemAtPath: weights.path)
  }

  func load(_ precision: Precision = .float32) throws -> ImageClassifier { try load(cache, precision) }

  func load(_ cache: PackedCache?, _ precision: Precision = .float32) throws -> ImageClassifier {
    try ImageClassifier(folder: model.path, precision: precision, packedCache: cache)
  }

  func logits(_ classifier: ImageClassifier) throws -> [Float] {
    let pixels = (0..<3 * side * side).map { (index: Int) -> Float in Float(index * 7 % 23) / 11 - 1 }
    return try classifier.model(Tensor(pixels, shape: [1, 3, side, side])).logits.elements
  }

  /// The names of the cache's files.
  var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [] }

  func packedFiles() throws -> [URL] {
    names.filter { $0.hasSuffix(".packed") }.map { folder.appendingPathComponent($0) }
  }

  /// The one file of packed weights.
  func packedFile() throws -> URL {
    let files = try packedFiles()
    #expect(files.count == 1)
    return try #require(files.first)
  }

  /// Changes the file of packed weights and gives what it was.
  @discardableResult
  func changePacked(_ change: (inout [UInt8]) -> Void) throws -> [UInt8] {
    let file = try packedFile()
    let intact = [UInt8](try Data(contentsOf: file))
    var bytes = intact
    change(&bytes)
    #expect(bytes != intact)
    let handle = try FileHandle(forWritingTo: file)
    try handle.truncate(atOffset: 0)
    try handle.write(contentsOf: Data(bytes))
    try handle.close()
    return intact
  }

  /// Changes the record of the weights' hash and gives its path.
  @discardableResult
  func changeRecord(_ change: (String) -> String) throws -> String {
    let name = try #require(names.first { $0.hasSuffix(".sha256") })
    let file = folder.appendingPathComponent(name)
    let text = change(try String(contentsOf: file, encoding: .utf8))
    let handle = try FileHandle(forWritingTo: file)
    try handle.truncate(atOffset: 0)
    try handle.write(contentsOf: Data(text.utf8))
    try handle.close()
    return file.path
  }

  /// Gives a changed header the checksum that it should have.
  static func seal(_ bytes: inout [UInt8]) {
    let header = Array(bytes[..<32]) + [UInt8](repeating: 0, count: 8) + Array(bytes[40..<4096])
    let sum = header.withUnsafeBytes { Checksum64.sum($0) }
    bytes.replaceSubrange(32..<40, with: (0..<8).map { UInt8(truncatingIfNeeded: sum >> (8 * $0)) })
  }
}
