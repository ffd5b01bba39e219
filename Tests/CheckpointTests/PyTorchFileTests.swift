import Checkpoint
import Foundation
import TensorCore
import TestSupport
import Testing

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
        #expect(firstBitwiseDifference(tensor.elements, try expected.tensor(key).elements) == nil, "\(key)")
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
      #expect(throws: PyTorchFileError.self) { try file.read(key, rows: 0..<0) }
      return
    }
    #expect(throws: PyTorchFileError.self) { try file.read(key, rows: 0..<(rows + 1)) }
    for row in 0..<rows {
      let part = try file.read(key, rows: row..<(row + 1))
      let expected = try whole.sliced(row..<(row + 1)).elements
      #expect(part.elements == expected)
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
    } catch let error as PyTorchFileError {
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
      (error as? PyTorchFileError)?.problem == .forbiddenGlobal(module: "posix", name: "system")
        && "\(error)".contains("posix.system")
    }
  }

  /// Whatever is cut off or changed: an error or the tensors, never a trap.
  @Test(arguments: ["good/every-type", "good/every-type-legacy", "hostile/ok-zip64-directory"])
  func everyCutAndEveryChangedByteEndsWell(_ name: String) throws {
    let content = try fixture("pytorch/\(name).bin")
    for length in stride(from: 0, to: content.count, by: 3) {
      #expect(throws: PyTorchFileError.self) { try PyTorchFile(bytes: Array(content[..<length])) }
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
        return (error as? PyTorchFileError)?.kind
      }
    }
    #expect(kind(PyTorchFileLimits()) == nil)
    #expect(kind(PyTorchFileLimits(maximumPickleByteCount: 1000)) == "pickleTooLarge")
    #expect(kind(PyTorchFileLimits(maximumValueCount: 100)) == "invalidPickle")
    #expect(kind(PyTorchFileLimits(maximumEntryCount: 100)) == "invalidZip")
    #expect(kind(PyTorchFileLimits(maximumTensorByteCount: 15)) == "tensorTooLarge")
    let legacy = try fixture("pytorch/good/many-legacy.bin")
    #expect(throws: PyTorchFileError.self) {
      try PyTorchFile(bytes: legacy, limits: PyTorchFileLimits(maximumPickleByteCount: 1000))
    }
  }

  @Test func aFileCutAfterItWasOpenedIsATypedError() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(fixture("pytorch/good/every-type.bin"), to: "a.bin")
    let file = try PyTorchFile(contentsOf: path)
    #expect(truncate(path, 100) == 0)
    #expect(throws: PyTorchFileError.self) { try file.read("f32") }
  }
}
