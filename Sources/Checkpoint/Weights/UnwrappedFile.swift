import TensorCore

/// A file of tensors all of whose names begin with the same prefix, read under the names without it.
struct UnwrappedFile: WeightsFile {
  let file: any WeightsFile
  let prefix: String
  let names: [String]

  init(_ file: any WeightsFile, prefix: String) {
    self.file = file
    self.prefix = prefix
    names = file.names.map { String($0.dropFirst(prefix.count)) }
  }

  var path: String { file.path }
  var bytes: ByteSource { file.bytes }

  func shape(of name: String) -> [Int]? { file.shape(of: prefix + name) }
  func dtype(of name: String) -> DType? { file.dtype(of: prefix + name) }
  func read(_ name: String) throws -> Tensor { try file.read(prefix + name) }
  func read(_ name: String, rows: Range<Int>) throws -> Tensor { try file.read(prefix + name, rows: rows) }

  func read(
    _ name: String, rows: Range<Int>, into elements: UnsafeMutableBufferPointer<Float>
  ) throws { try file.read(prefix + name, rows: rows, into: elements) }

  func forEachBlock(
    of name: String, rows: Range<Int>?, _ body: (UnsafeRawBufferPointer) throws -> Void
  ) throws { try file.forEachBlock(of: prefix + name, rows: rows, body) }
}

extension ModelWeights {
  /// What programs put before all keys of a model that they hold: `torch.nn.DataParallel`, `torch.compile`.
  static let wrappers = ["module.", "_orig_mod."]

  /// The prefixes of wrappers that stand before all of some names, as often as they do.
  static func wrapperPrefix(of names: [String]) -> String {
    var prefix = ""
    while let next = wrappers.first(where: { wrapper in
      !names.isEmpty && names.allSatisfy { $0.utf8.dropFirst(prefix.utf8.count).starts(with: wrapper.utf8) }
    }) {
      prefix += next
    }
    return prefix
  }
}
