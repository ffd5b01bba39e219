import Checkpoint
import JSONText
import Platform
import TensorCore

/// What a frozen part of a network makes of images, computed once and kept: a row for each image and view.
///
/// A safetensors file with the tensor `features`. While it grows it is called `.part`; a run that was killed goes on
/// behind its last whole row, and only a file that is complete gets its name. The name is a hash of everything that the
/// rows depend on, which also stands in the metadata. A row whose first number is NaN is of an image that could not be
/// read.
final class FeatureFile {
  /// Of one row.
  let shape: [Int]
  let rowCount: Int
  private let path: String
  private let key: String
  private let dtype: DType
  private var file: SafetensorsFile?

  private static let tensorName = "features"
  private static let keyName = "key"

  private var rowLength: Int { shape.reduce(1, *) }
  private var rowByteCount: Int { rowLength * (dtype.bitWidth / 8) }
  private var partPath: String { path + ".part" }

  /// - Parameters:
  ///   - key: Everything that the rows depend on.
  ///   - shape: Of one row.
  /// - Throws: `TrainingRunError.invalidFeatures` for a file that is something else.
  init(folder: String, key: JSONValue, shape: [Int], rowCount: Int, dtype: DType) throws {
    self.key = key.lineText
    self.shape = shape
    self.rowCount = rowCount
    self.dtype = dtype
    let hash = try SHA256.hexadecimal(ofText: self.key)
    path = FilePath.join(folder, "features-\(hash.prefix(16)).safetensors")
    try OutputFile.makeFolder(folder)
    if InputFile.exists(path) { file = try opened() }
  }

  var isComplete: Bool { file != nil }

  private func opened() throws -> SafetensorsFile {
    let file = try SafetensorsFile(contentsOf: path)
    let info = file.tensors[Self.tensorName]
    guard file.metadata[Self.keyName] == key, info?.shape == [rowCount] + shape, info?.dtype == dtype else {
      throw TrainingRunError.invalidFeatures(
        file: path, reason: "they are of other images or another network")
    }
    return file
  }

  /// Computes the rows that are missing, and completes the file.
  ///
  /// - Parameters:
  ///   - isCancelled: Where it says yes, what is there stays, and `CancellationError` is thrown.
  ///   - rows: Gives some rows from one on, [rows, shape].
  func fill(
    isCancelled: () -> Bool, progress: (Int) -> Void, rows: (_ first: Int) throws -> [Float]
  ) throws {
    guard file == nil else { return }
    let beginning = FloatTensors.beginning(
      of: Self.tensorName, dtype: dtype, shape: [rowCount] + shape, metadata: [Self.keyName: key])
    let done = try wholeRows(behind: beginning)
    let part = try AppendedFile(
      path: partPath, keeping: done == nil ? 0 : beginning.count + (done ?? 0) * rowByteCount)
    if done == nil { try part.write(beginning) }
    var next = done ?? 0
    var encoded: [UInt8] = []
    while next < rowCount {
      if isCancelled() { throw CancellationError() }
      let values = try rows(next)
      encoded.removeAll(keepingCapacity: true)
      _ = values.withUnsafeBufferPointer { dtype.encode($0, into: &encoded) }
      try part.write(encoded)
      next += values.count / max(1, rowLength)
      progress(next)
    }
    try part.sync()
    try FeatureFile.rename(partPath, to: path)
    file = try opened()
  }

  /// The whole rows of a part that was begun for these features; `nil` where there is none.
  private func wholeRows(behind beginning: [UInt8]) throws -> Int? {
    guard InputFile.exists(partPath) else { return nil }
    let part = try InputFile(path: partPath)
    guard part.byteCount >= beginning.count, try part.bytes(at: 0..<beginning.count) == beginning else {
      return nil
    }
    return min(rowCount, (part.byteCount - beginning.count) / max(1, rowByteCount))
  }

  private static func rename(_ old: String, to new: String) throws(FileError) {
    let (from, to) = (try FileError.systemPath(old), try FileError.systemPath(new))
    _ = try FileError.retrying(new, "rename") { systemRename(from, to) }
    let folder = FilePath.folder(of: new)
    try FolderSync.sync(folder.isEmpty ? "." : folder)
  }

  /// Reads a row.
  ///
  /// - Returns: Whether there is one: its image could be read.
  func read(_ row: Int, into values: UnsafeMutableBufferPointer<Float>) throws -> Bool {
    guard let file else { preconditionFailure("features are read before they are complete") }
    try file.read(Self.tensorName, rows: row..<row + 1, into: values)
    return !(values.first?.isNaN ?? true)
  }
}
