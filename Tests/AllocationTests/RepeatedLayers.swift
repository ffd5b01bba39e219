import Checkpoint
import TensorCore

/// A checkpoint whose layers are those of another, over and over: a deep model out of a small one.
struct RepeatedLayers: TensorSource {
  private static let prefix = "vit.encoder.layer."
  private let file: SafetensorsFile
  private let period: Int
  let names: [String]

  /// - Parameters:
  ///   - period: The number of layers of `file`.
  ///   - count: The number of layers to show.
  init(_ file: SafetensorsFile, period: Int, count: Int) {
    self.file = file
    self.period = period
    names = file.names.flatMap { name -> [String] in
      guard let (layer, rest) = Self.split(name) else { return [name] }
      return stride(from: layer, to: count, by: period).map { "\(Self.prefix)\($0).\(rest)" }
    }
  }

  var path: String { file.path }

  func shape(of name: String) -> [Int]? { file.shape(of: original(name)) }

  func read(_ name: String) throws -> Tensor { try file.read(original(name)) }

  func read(_ name: String, rows: Range<Int>) throws -> Tensor { try file.read(original(name), rows: rows) }

  private func original(_ name: String) -> String {
    guard let (layer, rest) = Self.split(name) else { return name }
    return "\(Self.prefix)\(layer % period).\(rest)"
  }

  private static func split(_ name: String) -> (layer: Int, rest: Substring)? {
    guard name.hasPrefix(prefix) else { return nil }
    let parts = name.dropFirst(prefix.count).split(separator: ".", maxSplits: 1)
    guard parts.count == 2, let layer = Int(parts[0]) else { return nil }
    return (layer, parts[1])
  }
}
