import JSONText
import Platform

/// Writes a model's weights into a folder: one file, or several and their index.
///
/// Every file is written and on the disk under another name before the first one gets its own. A crash before that
/// leaves the folder as it was; after it, each file is an old one or a new one, and whole.
struct ShardWriter {
  let folder: String
  let maximumShardByteCount: Int

  private static let whole = "model.safetensors"
  private static let index = "model.safetensors.index.json"

  func write(
    _ tensors: [TensorToWrite], metadata: [String: String], files: [String: String]
  ) throws {
    guard maximumShardByteCount > 0 else { throw ModelSaveError.invalidShardSize(maximumShardByteCount) }
    for tensor in tensors where !tensor.dtype.bitWidth.isMultiple(of: 8) {
      throw ModelSaveError.partialBytes(key: tensor.name, dtype: tensor.dtype)
    }
    for name in files.keys where name.isEmpty || name.contains("/") || name.hasPrefix(".") {
      throw ModelSaveError.invalidFileName(name)
    }
    try OutputFile.makeFolder(folder)
    let shards = shards(tensors)
    var written: [OutputFile] = []
    var names: [String] = []
    for (number, shard) in shards.enumerated() {
      let name = shards.count == 1 ? Self.whole : Self.shardName(number + 1, of: shards.count)
      written.append(try SafetensorsWriter.write(shard, metadata: metadata, to: path(name)))
      names.append(name)
    }
    if shards.count > 1 {
      written.append(try text(Self.indexText(shards, names), Self.index))
      names.append(Self.index)
    }
    for (name, content) in files.sorted(by: { $0.key < $1.key }) {
      written.append(try text(content, name))
    }
    // The weights first: a configuration without them helps nobody.
    for file in written { try file.rename() }
    try removeOthers(than: Set(names))
    try FolderSync.sync(folder.isEmpty ? "." : folder)
  }

  private func path(_ name: String) -> String { FilePath.join(folder, name) }

  private func text(_ content: String, _ name: String) throws(FileError) -> OutputFile {
    let file = try OutputFile(replacing: path(name), permissions: OutputFile.publicPermissions)
    try file.write(Array(content.utf8))
    try file.finish()
    return file
  }

  /// The tensors in the order given, as many in each part as fit.
  private func shards(_ tensors: [TensorToWrite]) -> [[TensorToWrite]] {
    var shards: [[TensorToWrite]] = [[]]
    var size = 0
    for tensor in tensors {
      if size + tensor.byteCount > maximumShardByteCount, size > 0 {
        shards.append([])
        size = 0
      }
      shards[shards.count - 1].append(tensor)
      size += tensor.byteCount
    }
    return shards
  }

  private static func shardName(_ number: Int, of count: Int) -> String {
    func padded(_ number: Int) -> String {
      let digits = "\(number)"
      return String(repeating: "0", count: max(0, 5 - digits.count)) + digits
    }
    return "model-\(padded(number))-of-\(padded(count)).safetensors"
  }

  private static func indexText(_ shards: [[TensorToWrite]], _ names: [String]) -> String {
    let tensors = shards.joined()
    let metadata = [
      JSONObject.Member(
        key: "total_parameters", value: .integer(tensors.reduce(0) { $0 + $1.count })),
      JSONObject.Member(key: "total_size", value: .integer(tensors.reduce(0) { $0 + $1.byteCount })),
    ]
    let map = zip(shards, names).flatMap { shard, name in
      shard.map { JSONObject.Member(key: $0.name, value: .string(name)) }
    }
    return JSONValue.object(
      JSONObject(members: [
        JSONObject.Member(key: "metadata", value: .object(JSONObject(members: metadata))),
        JSONObject.Member(key: "weight_map", value: .object(JSONObject(members: map))),
      ])
    ).pythonText + "\n"
  }

  /// Removes what is left of weights that were saved here before: readers could prefer them.
  private func removeOthers(than names: Set<String>) throws(FileError) {
    let folder = folder.isEmpty ? "." : folder
    let others = try FolderListing.names(in: folder).filter { name in
      (name == Self.whole || name == Self.index || Self.isShardName(name)) && !names.contains(name)
    }
    for name in others {
      let other = try FileError.systemPath(path(name))
      _ = try FileError.retrying(path(name), "unlink") { unlink(other) }
    }
  }

  /// Whether a name is of the form `model-00001-of-00002.safetensors`.
  private static func isShardName(_ name: String) -> Bool {
    guard name.hasPrefix("model-"), name.hasSuffix(".safetensors") else { return false }
    let numbers = name.dropFirst("model-".count).dropLast(".safetensors".count).split(separator: "-of-")
    return numbers.count == 2 && numbers.allSatisfy { $0.utf8.count == 5 && Int($0) != nil }
  }
}

/// Bringing the names in a folder onto the disk.
package enum FolderSync {
  /// - Throws: `FileError` where the system cannot open the folder. A file system that cannot sync a folder is none of
  ///   our concern.
  package static func sync(_ folder: String) throws(FileError) {
    let name = try FileError.systemPath(folder)
    let descriptor = try FileError.retrying(folder, "open") { open(name, O_RDONLY | O_CLOEXEC) }
    fsync(descriptor)
    close(descriptor)
  }
}
