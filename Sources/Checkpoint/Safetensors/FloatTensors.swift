import Platform
import TensorCore

/// A tensor of floats in memory that is to be written. The memory must outlive the writing.
package struct FloatTensor {
  package let name: String
  package let shape: [Int]
  package let elements: UnsafeBufferPointer<Float>

  package init(name: String, shape: [Int], elements: UnsafeBufferPointer<Float>) {
    self.name = name
    self.shape = shape
    self.elements = elements
  }

  /// The tensor as the writer takes it, encoded block by block.
  func toWrite(as dtype: DType) -> TensorToWrite {
    TensorToWrite(name: name, dtype: dtype, shape: shape) { body in
      guard dtype != .float32 else { return try body(UnsafeRawBufferPointer(elements)) }
      var encoded: [UInt8] = []
      let blockCount = 1 << 18
      for first in stride(from: 0, to: elements.count, by: blockCount) {
        let block = UnsafeBufferPointer(rebasing: elements[first..<min(first + blockCount, elements.count)])
        encoded.removeAll(keepingCapacity: true)
        dtype.encode(block, into: &encoded)
        try encoded.withUnsafeBytes(body)
      }
    }
  }
}

/// Writing tensors that are in memory.
package enum FloatTensors {
  /// Writes tensors as float32 into one safetensors file, which is there whole or not at all.
  ///
  /// - Throws: `FileError`.
  package static func write(
    _ tensors: [FloatTensor], metadata: [String: String], to path: String
  ) throws {
    try SafetensorsWriter.write(
      tensors.map { $0.toWrite(as: .float32) }, metadata: metadata, to: path
    ).rename()
    let folder = FilePath.folder(of: path)
    try FolderSync.sync(folder.isEmpty ? "." : folder)
  }

  /// What a file of one tensor begins with, for who writes its elements one after the other.
  package static func beginning(
    of name: String, dtype: DType, shape: [Int], metadata: [String: String]
  ) -> [UInt8] {
    SafetensorsWriter.beginning(
      [TensorToWrite(name: name, dtype: dtype, shape: shape) { _ in }], metadata: metadata)
  }

  /// Writes the weights of a model into a folder as `save_pretrained` does, with other files beside them.
  ///
  /// - Parameters:
  ///   - files: Their content, by name.
  ///   - dtype: `F32`, `F16` or `BF16`.
  /// - Throws: `FileError`; `ModelSaveError`, also for a number that the type cannot hold.
  package static func save(
    _ tensors: [FloatTensor], toFolder folder: String, files: [String: String], dtype: DType
  ) throws {
    guard dtype.isEncodable else { throw ModelSaveError.unsupportedDType(dtype) }
    if dtype == .float16 {
      // The largest float16 is 65504; what lies half a step above it becomes infinite.
      for tensor in tensors where !tensor.elements.allSatisfy({ $0.magnitude < 65520 }) {
        throw ModelSaveError.outOfRange(key: tensor.name, dtype: dtype)
      }
    }
    try ShardWriter(folder: folder, maximumShardByteCount: ModelWeights.defaultShardByteCount)
      .write(tensors.map { $0.toWrite(as: dtype) }, metadata: ["format": "pt"], files: files)
  }
}
