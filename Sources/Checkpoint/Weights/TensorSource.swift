import TensorCore

/// Somewhere that tensors can be had by name: one file now, other formats behind the same door.
///
/// Loading reads on the threads of its `ComputeBudget`, so that reading must not compute with that budget itself.
public protocol TensorSource: Sendable {
  /// What messages call the source: its path.
  var path: String { get }
  /// Every tensor's name, in the order in which they are best read.
  var names: [String] { get }
  /// The shape of a tensor, `nil` where there is none of that name.
  func shape(of name: String) -> [Int]?
  /// The elements of a tensor as `Float`.
  func read(_ name: String) throws -> Tensor
  /// The elements at `rows` along the first axis as `Float`.
  func read(_ name: String, rows: Range<Int>) throws -> Tensor
  /// Writes the elements at `rows` along the first axis into memory that holds exactly them.
  ///
  /// Sources have it already; one that can do without a tensor in between replaces it. Large weights are read
  /// this way, a few rows at a time and from several threads at once.
  func read(_ name: String, rows: Range<Int>, into elements: UnsafeMutableBufferPointer<Float>) throws
}

extension TensorSource {
  /// Reads a tensor and copies its elements.
  ///
  /// - Throws: What reading throws; `TensorError.elementCountMismatch` where `elements` has another length.
  public func read(
    _ name: String, rows: Range<Int>, into elements: UnsafeMutableBufferPointer<Float>
  ) throws {
    let tensor = try read(name, rows: rows)
    guard tensor.count == elements.count else {
      throw TensorError.elementCountMismatch(shape: tensor.shape, elements: elements.count)
    }
    tensor.copyElements(to: elements)
  }
}

extension SafetensorsFile: TensorSource {
  /// The shape of a tensor, `nil` where there is none of that name.
  public func shape(of name: String) -> [Int]? { tensors[name]?.shape }

  /// The elements of a tensor; see `tensor(_:)`.
  public func read(_ name: String) throws -> Tensor { try tensor(name) }

  /// The elements at `rows` of a tensor; see `tensor(_:rows:)`.
  public func read(_ name: String, rows: Range<Int>) throws -> Tensor { try tensor(name, rows: rows) }
}
