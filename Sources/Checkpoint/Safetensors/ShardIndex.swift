import JSONText

/// The list of files that a model's weights are spread over: `model.safetensors.index.json` and its like.
package struct ShardIndex {
  /// The files' names, in order.
  package let files: [String]
  /// Which file has which tensor.
  let weightMap: [String: String]

  /// More files than any model has, and fewer than a process may have open.
  static let maximumFileCount = 512

  package init(contentsOf path: String) throws(CheckpointError) {
    func error(_ problem: CheckpointError.Problem) -> CheckpointError {
      CheckpointError(file: path, problem: problem)
    }
    let root: JSONValue
    do throws(JSONFile.Problem) {
      root = try JSONFile.value(at: path)
    } catch {
      throw CheckpointError(file: path, error)
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
