import Foundation
import TensorCore
import TestSupport
import Testing

@testable import Checkpoint

/// Files that `torch.save` wrote, and files that only look like it (`Fixtures/pytorch/make.py`).
@Suite struct PyTorchFileTests {
  struct Manifest: Decodable {
    struct Case: Decodable {
      let kind: String
      let torch: String
    }

    let good: [String]
    let hostile: [String: Case]

    static let current = Result {
      try JSONDecoder().decode(Manifest.self, from: Data(fixture("pytorch/manifest.json")))
    }
  }

  static let good: [String] = (try? Manifest.current.get().good) ?? []
  static let hostile: [String] = (try? Manifest.current.get().hostile.keys.sorted()) ?? []

  @Test func theFilesAreThere() {
    #expect(Self.good.count == 7)
    #expect(Self.hostile.count > 100)
  }

  @Test(arguments: good, ["", "-legacy"])
  func everyTensorIsTheReferences(_ name: String, _ form: String) throws {
    let expected = try SafetensorsFile(contentsOf: Fixtures.url("pytorch/good/\(name).safetensors").path)
    let path = Fixtures.url("pytorch/good/\(name)\(form).bin").path
    for file in [
      try PyTorchFile(contentsOf: path), try PyTorchFile(bytes: fixture("pytorch/good/\(name)\(form).bin")),
    ] {
      #expect(Set(file.names) == Set(expected.names))
      for key in file.names {
        let tensor = try file.read(key)
        #expect(tensor.shape == expected.shape(of: key))
        #expect(try firstBitwiseDifference(tensor.elements, expected.tensor(key).elements) == nil, "\(key)")
        try everyPartIsTheSame(file, key, tensor)
      }
    }
    let weights = try ModelWeights(contentsOf: path)
    for key in weights.names {
      #expect(weights.dtype(of: key) == expected.tensors[key]?.dtype)
      var bytes: [UInt8] = []
      try weights.forEachBlock(of: key) { bytes += $0 }
      #expect(bytes == (try expected.rawBytes(of: key)), "\(key)")
    }
  }

  private func everyPartIsTheSame(_ file: PyTorchFile, _ key: String, _ whole: Tensor) throws {
    guard let rows = whole.shape.first else {
      #expect(throws: CheckpointError.self) { try file.read(key, rows: 0..<0) }
      return
    }
    #expect(throws: CheckpointError.self) { try file.read(key, rows: 0..<(rows + 1)) }
    for row in 0..<rows {
      let part = try file.read(key, rows: row..<(row + 1))
      let expected = try whole.sliced(row..<(row + 1)).elements
      #expect(try part.elements == expected)
      var elements = [Float](repeating: .nan, count: expected.count)
      try elements.withUnsafeMutableBufferPointer { try file.read(key, rows: row..<(row + 1), into: $0) }
      #expect(elements == expected)
    }
    #expect(throws: TensorError.self) {
      var tooMany = [Float](repeating: 0, count: whole.count + 1)
      try tooMany.withUnsafeMutableBufferPointer { try file.read(key, rows: 0..<rows, into: $0) }
    }
  }

  @Test(arguments: hostile)
  func everyHostileFileHasItsVerdict(_ name: String) throws {
    let expected = try #require(try Manifest.current.get().hostile[name])
    do {
      let file = try PyTorchFile(contentsOf: Fixtures.url("pytorch/hostile/\(name).bin").path)
      for key in file.names { _ = try file.read(key) }
      #expect(expected.kind == "ok", "accepted")
    } catch let error as CheckpointError {
      #expect(error.kind == expected.kind, "\(error)")
      #expect(error.description.hasPrefix(error.file))
    }
    // We are stricter than PyTorch and never more lenient.
    #expect(expected.kind != "ok" || expected.torch == "ok")
  }

  @Test func aForbiddenNameIsNamed() throws {
    #expect {
      try PyTorchFile(contentsOf: Fixtures.url("pytorch/hostile/global-os-system.bin").path)
    } throws: { error in
      (error as? CheckpointError)?.problem == .forbiddenGlobal(module: "posix", name: "system")
        && "\(error)".contains("posix.system")
    }
  }

  /// Whatever is cut off or changed: an error or the tensors, never a trap.
  @Test(arguments: ["good/every-type", "good/every-type-legacy", "hostile/ok-zip64-directory"])
  func everyCutAndEveryChangedByteEndsWell(_ name: String) throws {
    let content = try fixture("pytorch/\(name).bin")
    for length in stride(from: 0, to: content.count, by: 3) {
      #expect(throws: CheckpointError.self) { try PyTorchFile(bytes: Array(content[..<length])) }
    }
    var random = SeededGenerator(seed: 7)
    for _ in 0..<500 {
      var changed = content
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        changed[Int.random(in: 0..<changed.count, using: &random)] = .random(in: 0...255, using: &random)
      }
      guard let file = try? PyTorchFile(bytes: changed) else { continue }
      for key in file.names { _ = try? file.read(key) }
    }
  }

  @Test func limitsAreHeld() throws {
    let content = try fixture("pytorch/good/many.bin")
    func kind(_ limits: PyTorchFileLimits) -> String? {
      do {
        _ = try PyTorchFile(bytes: content, limits: limits).read("layer.7.weight")
        return nil
      } catch {
        return (error as? CheckpointError)?.kind
      }
    }
    #expect(kind(PyTorchFileLimits()) == nil)
    #expect(kind(PyTorchFileLimits(maximumPickleByteCount: 1000)) == "pickle-too-large")
    #expect(kind(PyTorchFileLimits(maximumValueCount: 100)) == "invalid-pickle")
    #expect(kind(PyTorchFileLimits(maximumEntryCount: 100)) == "invalid-zip")
    #expect(kind(PyTorchFileLimits(maximumTensorByteCount: 15)) == "tensor-too-large")
    #expect(kind(PyTorchFileLimits(maximumDimensionCount: 1)) == "invalid-pickle")
    let legacy = try fixture("pytorch/good/many-legacy.bin")
    for limit in [1000, 0, -1, .min] {
      #expect(throws: CheckpointError.self) {
        try PyTorchFile(bytes: legacy, limits: PyTorchFileLimits(maximumPickleByteCount: limit))
      }
    }
    let all = PyTorchFileLimits(
      maximumPickleByteCount: .max, maximumValueCount: .max, maximumEntryCount: .max,
      maximumTensorByteCount: .max,
      maximumDimensionCount: .max)
    #expect(kind(all) == nil)
    for name in Self.hostile {
      _ = try? PyTorchFile(bytes: fixture("pytorch/hostile/\(name).bin"), limits: all)
    }
    // Less than nothing is nothing, and no trap.
    for limit in [-1, Int.min] {
      #expect(kind(PyTorchFileLimits(maximumPickleByteCount: limit)) == "pickle-too-large")
      #expect(kind(PyTorchFileLimits(maximumValueCount: limit)) == "invalid-pickle")
      #expect(kind(PyTorchFileLimits(maximumEntryCount: limit)) == "invalid-zip")
      #expect(kind(PyTorchFileLimits(maximumTensorByteCount: limit)) == "tensor-too-large")
      #expect(kind(PyTorchFileLimits(maximumDimensionCount: limit)) == "invalid-pickle")
    }
  }

  // MARK: Axes

  /// A pickle of `count` tensors that share two tuples of `axes` ones.
  private static func pickle(tensors count: Int, axes: Int, metadata: [UInt8] = []) -> [UInt8] {
    func text(_ text: String) -> [UInt8] {
      [UInt8(ascii: "X"), UInt8(text.utf8.count), 0, 0, 0] + Array(text.utf8)
    }
    var bytes: [UInt8] = [0x80, 2]
    bytes +=
      Array("(".utf8) + text("storage") + Array("ctorch\nFloatStorage\n".utf8) + text("0") + text("cpu")
    bytes += Array("K".utf8) + [1] + Array("tQq".utf8) + [0]
    bytes += Array("(".utf8) + (0..<axes).flatMap { _ in Array("K".utf8) + [1] } + Array("tq".utf8) + [1]
    bytes += Array("ctorch._utils\n_rebuild_tensor_v2\nq".utf8) + [2]
    let arguments =
      Array("(h".utf8) + [0] + Array("K".utf8) + [0] + Array("h".utf8) + [1] + Array("h".utf8) + [1]
    for _ in 0..<count {
      bytes += Array("h".utf8) + [2] + arguments + [0x89] + Array("N".utf8) + metadata + Array("tR".utf8)
    }
    return bytes
  }

  private static func run(_ pickle: [UInt8], _ limits: PyTorchFileLimits = .init()) throws -> PickleHeap {
    try pickle.withUnsafeBytes { bytes in
      var unpickler = Unpickler(bytes, at: 0, limits: limits)
      do { _ = try unpickler.run() } catch Unpickler.Problem.cut {}
      return unpickler.heap
    }
  }

  /// Some bytes can give any number of tensors the same long shape: what is kept is counted.
  @Test func axesAreCounted() throws {
    #expect(try Self.run(Self.pickle(tensors: 3, axes: 64)).tensors.count == 3)
    #expect(throws: Unpickler.Problem.self) { try Self.run(Self.pickle(tensors: 1, axes: 65)) }
    let many = Self.pickle(tensors: 20_000, axes: 64)
    #expect(many.count < 400_000)
    #expect(throws: Unpickler.Problem.self) { try Self.run(many) }
    let limits = PyTorchFileLimits(maximumValueCount: 5000)
    #expect(try Self.run(Self.pickle(tensors: 30, axes: 64), limits).tensors.count == 30)
    #expect(throws: Unpickler.Problem.self) { try Self.run(Self.pickle(tensors: 40, axes: 64), limits) }
    #expect(throws: Unpickler.Problem.self) {
      try Self.run([0x80, 2] + [UInt8](repeating: UInt8(ascii: "("), count: 5001), limits)
    }
  }

  /// `torch._neg_view`: the elements in the file are not those that are meant.
  @Test func negatedTensorsAreRefused() throws {
    func metadata(_ value: UInt8) -> [UInt8] {
      Array("}X".utf8) + [3, 0, 0, 0] + Array("neg".utf8) + [value] + Array("s".utf8)
    }
    #expect(try Self.run(Self.pickle(tensors: 1, axes: 1, metadata: Array("N".utf8))).tensors.count == 1)
    #expect(try Self.run(Self.pickle(tensors: 1, axes: 1, metadata: metadata(0x89))).tensors.count == 1)
    #expect(throws: Unpickler.Problem.self) {
      try Self.run(Self.pickle(tensors: 1, axes: 1, metadata: metadata(0x88)))
    }
  }

  @Test func aFileCutAfterItWasOpenedIsATypedError() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(fixture("pytorch/good/every-type.bin"), to: "a.bin")
    let file = try PyTorchFile(contentsOf: path)
    #expect(truncate(path, 100) == 0)
    #expect(throws: CheckpointError.self) { try file.read("f32") }
  }
}
