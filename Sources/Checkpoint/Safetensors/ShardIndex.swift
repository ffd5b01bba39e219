import JSONText
import Platform

/// The list of files that a model's weights are spread over: `model.safetensors.index.json` and its like.
package struct ShardIndex {
  /// The files' names, in order.
  package let files: [String]
  /// Which file has which tensor.
  let weightMap: [String: String]

  /// More files than any model has, and fewer than a process may have open.
  static let maximumFileCount = 512

  package init(contentsOf path: String) throws(ShardIndexError) {
    func error(_ problem: ShardIndexError.Problem) -> ShardIndexError {
      ShardIndexError(file: path, problem: problem)
    }
    let bytes: [UInt8]
    do throws(FileError) {
      bytes = try InputFile(path: path).contents(limit: JSONParsingOptions.python.maximumByteCount)
    } catch {
      throw ShardIndexError(file: path, problem: .unreadable(error))
    }
    let root: JSONValue
    do throws(JSONError) {
      root = try JSONValue(parsing: bytes, options: .python)
    } catch {
      if let standIn = FileStandIn(bytes) { throw ShardIndexError(file: path, problem: .standIn(standIn)) }
      throw ShardIndexError(file: path, problem: .invalidJSON(error))
    }
    guard let map = root.objectValue?["weight_map"]?.objectValue else { throw error(.noWeightMap) }
    var weightMap = [String: String](minimumCapacity: map.members.count)
    var files = Set<String>()
    for member in map.members {
      guard let file = member.value.stringValue, Self.isPlainName(file) else {
        throw error(.invalidFileName(key: member.key, name: member.value.summary))
      }
      weightMap[member.key] = file
      files.insert(file)
    }
    guard files.count <= Self.maximumFileCount else {
      throw error(.tooManyFiles(count: files.count, limit: Self.maximumFileCount))
    }
    guard !files.isEmpty else { throw error(.noWeightMap) }
    self.files = files.sorted()
    self.weightMap = weightMap
  }

  /// Whether a name leads to a file beside the index and nowhere else.
  static func isPlainName(_ name: String) -> Bool {
    !name.isEmpty && name != "." && name != ".." && !name.utf8.contains { $0 == 0 || $0 == UInt8(ascii: "/") }
      && !name.utf8.contains(UInt8(ascii: "\\"))
  }
}

/// What is wrong with the index of a model in several files.
public struct ShardIndexError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The index.
  public let file: String
  /// What is wrong.
  public let problem: Problem

  /// The kinds of problems.
  public enum Problem: Sendable, Equatable {
    /// The index cannot be read.
    case unreadable(FileError)
    /// Something else is in the index's place.
    case standIn(FileStandIn)
    /// The index is not JSON.
    case invalidJSON(JSONError)
    /// There is no `weight_map`, or nothing in it.
    case noWeightMap
    /// A tensor is said to be in something that is no name of a file beside the index.
    case invalidFileName(key: String, name: String)
    /// The tensors are spread over more files than are opened.
    case tooManyFiles(count: Int, limit: Int)
    /// A file does not have a tensor that the index says it has.
    case missingTensor(key: String, file: String)
    /// Two of the files have a tensor of the same name.
    case duplicateTensor(key: String, files: [String])
  }

  /// Makes an error.
  public init(file: String, problem: Problem) {
    self.file = file
    self.problem = problem
  }

  /// The problem's name without its details, for machine-readable reports.
  public var kind: String {
    switch problem {
    case .unreadable: "unreadable"
    case .standIn(let standIn): standIn.kind
    case .invalidJSON: "invalidJSON"
    case .noWeightMap: "noWeightMap"
    case .invalidFileName: "invalidFileName"
    case .tooManyFiles: "tooManyFiles"
    case .missingTensor: "missingTensor"
    case .duplicateTensor: "duplicateTensor"
    }
  }

  /// One line for a person: the index, the tensor, and what is wrong.
  public var description: String {
    switch problem {
    case .unreadable(let error): "\(error)"
    case .standIn(let standIn): "\(file): \(standIn)"
    case .invalidJSON(let error): "\(file): \(error)"
    case .noWeightMap: "\(file): weight_map, which says which file has which tensor, is missing or empty"
    case .invalidFileName(let key, let name):
      "\(file): tensor \"\(key.printable)\" is said to be in \(name), which is no file beside the index"
    case .tooManyFiles(let count, let limit):
      "\(file): \(count) files are more than the \(limit) that are opened"
    case .missingTensor(let key, let name):
      "\(file): \(name.printable) does not have tensor \"\(key.printable)\""
    case .duplicateTensor(let key, let files):
      "\(file): tensor \"\(key.printable)\" is in \(files.map(\.printable).joined(separator: " and in "))"
    }
  }
}
