import Checkpoint
import Foundation
import TestSupport
import Testing

@testable import TensorCore
@testable import ViTModel

/// Weights on their way from a file to packed panels.
@Suite struct PackingTests {
  /// A tiny model's tensors, weights of matrices last.
  private static func entries() throws -> [SafetensorsBytes.Entry] {
    let file = try SafetensorsFile(contentsOf: path("plain"))
    let order = file.names.filter { !isMatrix($0) } + file.names.filter(isMatrix)
    return try order.map { name in
      SafetensorsBytes.Entry(
        name: name, dtype: "F32", shape: file.tensors[name]?.shape ?? [], data: try file.rawBytes(of: name))
    }
  }

  private static func isMatrix(_ name: String) -> Bool {
    name.hasSuffix("weight") && !name.contains("norm")
  }

  private static func path(_ model: String) -> String {
    Fixtures.url("vit-tiny/\(model)/model.safetensors").path
  }

  private static func load(
    _ weights: any TensorSource, precision: Precision = .float32,
    budget: ComputeBudget = ComputeBudget(threads: 2)
  ) throws -> ViTForImageClassification {
    let config = try PretrainedConfig(contentsOfFolder: Fixtures.url("vit-tiny/plain").path)
    return try ViTForImageClassification(
      config: ViTConfig(config), weights: WeightLoader(weights), precision: precision, budget: budget)
  }

  private static func packed(_ model: ViTForImageClassification) -> [UInt8] {
    model.arena.withBytes { Array($0) }
  }

  @Test(arguments: Precision.allCases)
  func everyRouteAndEveryNumberOfThreadsPacksTheSame(_ precision: Precision) throws {
    let bytes = try Fixtures.bytes("vit-tiny/plain/model.safetensors")
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 64)
    defer { memory.deallocate() }
    memory.copyBytes(from: bytes)
    let expected = Self.packed(
      try Self.load(SafetensorsFile(bytes: bytes), precision: precision, budget: ComputeBudget(threads: 1)))
    #expect(expected.contains { $0 != 0 })
    for threads in [1, 2, 5] {
      let budget = ComputeBudget(threads: threads)
      for source in [
        try SafetensorsFile(contentsOf: Self.path("plain")),
        try SafetensorsFile(contentsOf: Self.path("plain"), access: .mapped),
        try SafetensorsFile(unsafeStaticBytes: UnsafeRawBufferPointer(memory)),
      ] {
        #expect(Self.packed(try Self.load(source, precision: precision, budget: budget)) == expected)
      }
    }
  }

  /// Files of other element types give what a float32 file of the same values gives.
  @Test(arguments: [DType.float16, .bfloat16, .float64], Precision.allCases)
  func otherElementTypesPackAsFloat32(_ dtype: DType, _ precision: Precision) throws {
    var other: [SafetensorsBytes.Entry] = []
    var plain: [SafetensorsBytes.Entry] = []
    for var entry in try Self.entries() {
      let bits = entry.data.withUnsafeBytes { bytes in
        (0..<bytes.count / 4).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self) }
      }
      entry.dtype = dtype.safetensorsName
      entry.data = bits.flatMap { Self.bytes(Self.encode($0, dtype), count: dtype.bitWidth / 8) }
      other.append(entry)
      let values = [Float](unsafeUninitializedCapacity: bits.count) { values, count in
        count = entry.data.withUnsafeBytes { dtype.convertToFloat($0, into: values) }
      }
      entry.dtype = "F32"
      entry.data = values.flatMap { Self.bytes(UInt64($0.bitPattern), count: 4) }
      plain.append(entry)
    }
    let folder = try TemporaryDirectory()
    let file = try folder.write(SafetensorsBytes.file(other), to: "other.safetensors")
    let expected = try Self.load(
      SafetensorsFile(bytes: SafetensorsBytes.file(plain)), precision: precision)
    let converted = try Self.load(SafetensorsFile(contentsOf: file.path), precision: precision)
    #expect(Self.packed(converted) == Self.packed(expected))
    #expect(Self.packed(expected).contains { $0 != 0 })
  }

  private static func bytes(_ value: UInt64, count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  /// The bits of a value near that of a float.
  private static func encode(_ bits: UInt32, _ dtype: DType) -> UInt64 {
    switch dtype {
    case .bfloat16: UInt64(bits >> 16)
    case .float64: Double(Float(bitPattern: bits)).bitPattern
    default: UInt64(bits >> 16 & 0x8000) | UInt64(max(0, Int(bits & 0x7fff_ffff) - 112 << 23) >> 13)
    }
  }

  /// Queries, keys and values that lie in one tensor are packed from their thirds of it.
  @Test func fusedAndSeparateProjectionsPackTheSame() throws {
    var config = ViTConfig()
    (config.hiddenSize, config.numHiddenLayers, config.numAttentionHeads) = (4, 2, 2)
    (config.intermediateSize, config.numLabels) = (8, 3)
    (config.imageSize, config.patchSize) = (ImageExtent(4), ImageExtent(2))
    let packed = try ["transformers4-vit", "transformers5", "timm", "timm-vit"].map { family in
      let file = Fixtures.url("safetensors/families/\(family).safetensors").path
      return Self.packed(
        try ViTForImageClassification(
          config: config, weights: WeightLoader(SafetensorsFile(contentsOf: file))))
    }
    #expect(packed.allSatisfy { $0 == packed[0] })
  }

  /// All that is read while the modules are put together is there; the matrices' weights are not.
  @Test func aFileThatIsCutAfterItWasOpenedIsATypedError() throws {
    let folder = try TemporaryDirectory()
    let url = try folder.write(SafetensorsBytes.file(Self.entries()), to: "model.safetensors")
    for missing in [1, 5000, 20000] {
      try Data(SafetensorsBytes.file(Self.entries())).write(to: url)
      let file = try SafetensorsFile(contentsOf: url.path)
      let handle = try FileHandle(forWritingTo: url)
      try handle.truncate(atOffset: UInt64(file.byteCount - missing))
      try handle.close()
      let error = #expect(throws: CheckpointError.self) { try Self.load(file) }
      #expect(error?.kind == "unreadable")
    }
  }

  /// A file of which some tensors cannot be read.
  private struct Failing: TensorSource {
    struct Failure: Error, Equatable { let name: String }
    let file: SafetensorsFile
    let broken: Set<String>
    var path: String { file.path }
    var names: [String] { file.names }
    func shape(of name: String) -> [Int]? { file.shape(of: name) }
    func read(_ name: String) throws -> Tensor { try file.read(name) }
    func read(_ name: String, rows: Range<Int>) throws -> Tensor {
      if broken.contains(name) { throw Failure(name: name) }
      return try file.read(name, rows: rows)
    }
  }

  @Test func theFirstErrorInTheOrderOfTheModulesIsThrown() throws {
    let file = try SafetensorsFile(contentsOf: Self.path("plain"))
    let broken = [
      "classifier.weight", "vit.encoder.layer.1.output.dense.weight",
      "vit.encoder.layer.0.attention.attention.value.weight", "vit.encoder.layer.0.output.dense.weight",
    ]
    for threads in [1, 2, 3, 2, 3] {
      #expect(throws: Failing.Failure(name: broken[2])) {
        try Self.load(
          Failing(file: file, broken: Set(broken)), budget: ComputeBudget(threads: threads))
      }
    }
  }

  /// A source of somebody else's need not know how to read into memory.
  @Test func aSourceThatOnlyMakesTensorsPacksTheSame() throws {
    let file = try SafetensorsFile(contentsOf: Self.path("plain"))
    let wrapped = try Self.load(Failing(file: file, broken: []))
    #expect(Self.packed(wrapped) == Self.packed(try Self.load(file)))
  }
}
