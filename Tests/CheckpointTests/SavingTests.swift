import Checkpoint
import Foundation
import JSONText
import Platform
import TensorCore
import TestSupport
import Testing

/// What is written is what the reference writes, and nothing is lost on the way.
@Suite struct SavingTests {
  private static let references =
    ["plain", "grey", "head-dim"].map { "vit-tiny/\($0)" }
    + ["deit", "dinov2", "dinov2-swiglu", "siglip", "clip"].map { "architectures/\($0)" }

  private func content(_ path: String) throws -> [UInt8] {
    try InputFile(path: path).contents(limit: 1 << 24)
  }

  private func names(_ folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
  }

  @Test(arguments: references)
  func theFileIsTheReferencesByteForByte(_ name: String) throws {
    let folder = try TemporaryFolder()
    let source = Fixtures.url("\(name)/model.safetensors").path
    let path = folder.path + "/copy.safetensors"
    try ModelWeights(contentsOf: source).save(to: path)
    #expect(try content(path) == content(source))
    #expect(try names(folder.path) == ["copy.safetensors"])
  }

  @Test func aFileMayReplaceTheOneItIsReadFrom() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(fixture("vit-tiny/plain/model.safetensors"), to: "a.safetensors")
    let before = try content(path)
    try ModelWeights(contentsOf: path).save(to: path)
    #expect(try content(path) == before)
    try ModelWeights(contentsOf: path).save(to: path, dtype: .float16)
    #expect(try content(path).count < before.count * 6 / 10)
  }

  @Test(arguments: ["every-type", "views", "module-legacy", "tied", "nothing"])
  func pyTorchFilesAreConverted(_ name: String) throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/a.safetensors"
    let source = try ModelWeights(contentsOf: Fixtures.url("pytorch/good/\(name).bin").path)
    try source.save(to: path)
    let copy = try SafetensorsFile(contentsOf: path)
    #expect(Set(copy.names) == Set(source.names))
    #expect(copy.metadata == ["format": "pt"])
    for key in source.names {
      #expect(copy.tensors[key]?.dtype == source.dtype(of: key))
      #expect(copy.shape(of: key) == source.shape(of: key))
      var bytes: [UInt8] = []
      try source.forEachBlock(of: key) { bytes += $0 }
      #expect(try copy.rawBytes(of: key) == bytes, "\(key)")
    }
  }

  @Test func onlyFloatingPointTensorsAreConverted() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/a.safetensors"
    let source = try ModelWeights(contentsOf: Fixtures.url("pytorch/good/every-type.bin").path)
    for dtype in [DType.float32, .float16, .bfloat16, .float64] {
      try source.save(to: path, dtype: dtype)
      let copy = try SafetensorsFile(contentsOf: path)
      for key in ["f32", "f16", "bf16", "f64"] { #expect(copy.tensors[key]?.dtype == dtype) }
      #expect(copy.tensors["i64"]?.dtype == .int64)
      #expect(copy.tensors["bool"]?.dtype == .bool)
      let error = zip(try copy.tensor("f32").elements, try source.read("f32").elements)
        .map { ($0 - $1).magnitude }.max()
      #expect(try #require(error) <= (dtype == .bfloat16 ? 0.01 : dtype == .float16 ? 0.001 : 0))
    }
    for dtype in [DType.int8, .float8E4M3, .complex64] {
      #expect(throws: ModelSaveError.unsupportedDType(dtype)) { try source.save(to: path, dtype: dtype) }
    }
  }

  @Test func largeModelsAreSpreadOverFiles() throws {
    let folder = try TemporaryFolder()
    let source = try ModelWeights(contentsOf: Fixtures.url("vit-tiny/plain/model.safetensors").path)
    let files = ["config.json": "{}\n"]
    try source.save(toFolder: folder.path, files: files)
    #expect(try names(folder.path) == ["config.json", "model.safetensors"])

    try source.save(toFolder: folder.path, files: files, maximumShardByteCount: 10_000)
    let shards = try names(folder.path)
    #expect(shards.contains("model.safetensors.index.json"))
    // A reader would prefer the single file.
    #expect(!shards.contains("model.safetensors"))
    #expect(shards.count > 4)
    let weights = try ModelWeights(contentsOfFolder: folder.path)
    #expect(weights.names.sorted() == source.names.sorted())
    for key in source.names { #expect(try weights.read(key).elements == source.read(key).elements) }
    for path in weights.filePaths { #expect(try content(path).count < 14_000) }

    // Fewer files than before: none of the old ones stays.
    try weights.save(toFolder: folder.path, maximumShardByteCount: 30_000)
    #expect(try names(folder.path).count < shards.count)
    #expect(try ModelWeights(contentsOfFolder: folder.path).names.sorted() == source.names.sorted())
    try weights.save(toFolder: folder.path)
    #expect(try names(folder.path) == ["config.json", "model.safetensors"])
    #expect(try content(folder.path + "/model.safetensors") == fixture("vit-tiny/plain/model.safetensors"))
  }

  @Test func otherFilesOfTheFolderStay() throws {
    let folder = try TemporaryFolder()
    for name in ["README.md", "pytorch_model.bin", "model-1-of-2.safetensors", "other.safetensors"] {
      _ = try folder.write([1], to: name)
    }
    try ModelWeights(contentsOf: Fixtures.url("pytorch/good/tied.bin").path).save(toFolder: folder.path)
    #expect(try names(folder.path).count == 5)
  }

  @Test func whatCannotBeWrittenIsATypedErrorAndLeavesNothing() throws {
    let folder = try TemporaryFolder()
    let source = try ModelWeights(contentsOf: Fixtures.url("vit-tiny/plain/model.safetensors").path)
    #expect(throws: FileError.self) { try source.save(to: folder.path + "/none/a.safetensors") }
    #expect(throws: FileError.self) { try source.save(to: folder.path) }
    #expect(throws: FileError.self) { try source.save(to: "") }
    #expect(throws: FileError.self) { try source.save(to: "a\0b") }
    #expect(throws: ModelSaveError.invalidShardSize(0)) {
      try source.save(toFolder: folder.path, maximumShardByteCount: 0)
    }
    for name in ["", "../x", ".hidden", "a/b"] {
      #expect(throws: ModelSaveError.invalidFileName(name)) {
        try source.save(toFolder: folder.path, files: [name: ""])
      }
    }
    #expect(try names(folder.path).isEmpty)
    // A source that breaks off in the middle.
    let path = try folder.write(fixture("vit-tiny/plain/model.safetensors"), to: "cut.safetensors")
    let cut = try ModelWeights(contentsOf: path)
    _ = try folder.write([7], to: "old.safetensors")
    #expect(truncate(path, 20_000) == 0)
    #expect(throws: FileError.self) { try cut.save(to: folder.path + "/old.safetensors") }
    #expect(try content(folder.path + "/old.safetensors") == [7])
    #expect(try names(folder.path) == ["cut.safetensors", "old.safetensors"])
  }

  @Test func jsonIsWrittenAsPythonWritesIt() throws {
    let text = """
      {
        "A": 1e-12,
        "a": [
          1,
          2.0,
          0.00392156862745098,
          1e+16,
          NaN,
          -Infinity
        ],
        "b": {},
        "c": [],
        "na\\u00efve \\ud83d\\ude00": "\\"\\\\\\n\\t\\b\\f\\r\\u0001\\u007f",
        "z": null
      }
      """
    let value = try JSONValue(parsing: Array(text.utf8), options: .python)
    #expect(value.pythonText == text)
    for name in ["vit-tiny/plain", "architectures/clip", "architectures/siglip"] {
      let file = try fixture("\(name)/config.json")
      let written = try JSONValue(parsing: file, options: .python).pythonText + "\n"
      #expect(written == String(decoding: file, as: UTF8.self))
    }
  }

  #if !(os(macOS) && arch(x86_64))
    /// Against the compiler's own conversion: every boundary between two halves, and random numbers.
    @Test func halvesAreRoundedAsIEEESays() {
      var random = SeededGenerator(seed: 3)
      var values: [Float] = [
        .infinity, -.infinity, 65504, 65519.996, 65520, -0.0, 1e-8, 5.9604645e-8, 2.9802322e-8,
      ]
      for bits in UInt16(0)..<0x7C00 {
        let half = Float(Float16(bitPattern: bits))
        let next = Float(Float16(bitPattern: bits).nextUp)
        let middle = (half + next) / 2
        values += [half, middle, middle.nextUp, middle.nextDown, -middle]
      }
      for _ in 0..<200_000 { values.append(Float(bitPattern: .random(in: 0 ... .max, using: &random))) }
      var bytes: [UInt8] = []
      values.withUnsafeBufferPointer { _ = DType.float16.encode($0, into: &bytes) }
      for (index, value) in values.enumerated() {
        let bits = UInt16(bytes[2 * index]) | UInt16(bytes[2 * index + 1]) << 8
        let expected = Float16(value)
        #expect(
          bits == expected.bitPattern || (expected.isNaN && Float16(bitPattern: bits).isNaN), "\(value)")
      }
    }
  #endif

  @Test func bfloat16IsRoundedToTheNearestEven() {
    let cases: [(Float, UInt16)] = [
      (1, 0x3F80), (Float(bitPattern: 0x3F80_8000), 0x3F80), (Float(bitPattern: 0x3F81_8000), 0x3F82),
      (Float(bitPattern: 0x3F80_8001), 0x3F81), (.greatestFiniteMagnitude, 0x7F80), (-0.0, 0x8000),
      (.infinity, 0x7F80), (Float(bitPattern: 1), 0),
    ]
    for (value, expected) in cases {
      var bytes: [UInt8] = []
      withUnsafePointer(to: value) {
        _ = DType.bfloat16.encode(UnsafeBufferPointer(start: $0, count: 1), into: &bytes)
      }
      #expect(bytes == [UInt8(expected & 0xFF), UInt8(expected >> 8)], "\(value)")
    }
    var bytes: [UInt8] = []
    [Float(bitPattern: 0x7F80_0001)].withUnsafeBufferPointer { _ = DType.bfloat16.encode($0, into: &bytes) }
    #expect(bytes == [0xC0, 0x7F])
  }
}
