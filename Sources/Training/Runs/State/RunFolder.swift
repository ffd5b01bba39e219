import Checkpoint
import JSONText
import Platform

/// The folder of a run: the state that it goes on from while it is unfinished, the model when it is done.
///
/// | file | what |
/// |---|---|
/// | `run/state.safetensors` | what is learnt, moments, average; counters and identity in its metadata |
/// | `run/best-STEP.safetensors` | the best weights so far, which the state names |
/// | `log.jsonl` | the log, unless it is kept elsewhere |
///
/// Every file is written under another name and renamed. The best weights are on the disk before the state that names
/// them, and older ones go after it: whenever the process is killed, the state that is there has all that it needs.
struct RunFolder {
  let path: String

  private var runPath: String { FilePath.join(path, "run") }
  var statePath: String { FilePath.join(runPath, "state.safetensors") }
  var logPath: String { FilePath.join(path, "log.jsonl") }
  var reportPath: String { FilePath.join(path, "training.json") }
  /// Where kept features are, unless they are kept elsewhere.
  var featuresPath: String { FilePath.join(path, "features") }

  var hasState: Bool { InputFile.exists(statePath) }
  var hasReport: Bool { InputFile.exists(reportPath) }
  var hasModel: Bool { ModelFolder(path).hasWeights || ModelFolder(path).hasConfig }

  func bestPath(step: Int) -> String { FilePath.join(runPath, Self.bestName(step)) }
  private static func bestName(_ step: Int) -> String { "best-\(step).safetensors" }

  /// Makes the folders, and takes away what a killed process left half written.
  ///
  /// - Returns: What keeps other processes out for as long as it lives.
  /// - Throws: `FileError`; `TrainingRunError.inUse`.
  func open() throws -> RunLock {
    try OutputFile.makeFolder(runPath)
    let lock = try RunLock(FilePath.join(runPath, "lock"), folder: path)
    for name in try FolderListing.names(in: runPath) where name.hasSuffix(".tmp") {
      try OutputFile.remove(FilePath.join(runPath, name))
    }
    let ours = ["model.safetensors", "config.json", "preprocessor_config.json", "README.md", "training.json"]
    for name in try FolderListing.names(in: path)
    where name.hasSuffix(".tmp") && ours.contains(where: { name.hasPrefix($0 + ".") }) {
      try OutputFile.remove(FilePath.join(path, name))
    }
    return lock
  }

  // MARK: State

  private static let metadataKey = "run"

  func save(
    _ counters: RunCounters, _ identity: RunIdentity, optimizerStep: Int, averageUpdates: Int,
    _ tensors: [StateTensor]
  ) throws {
    let metadata = JSONValue.members([
      ("format", .integer(1)), ("identity", identity.json), ("counters", counters.json),
      ("optimizer_step", .integer(optimizerStep)), ("average_updates", .integer(averageUpdates)),
    ])
    try FloatTensors.write(
      tensors.map(FloatTensor.init), metadata: [Self.metadataKey: metadata.lineText], to: statePath)
    try removeBest(except: counters.best?.step)
  }

  /// A state that was read; the floats are still in the file.
  struct Saved {
    let counters: RunCounters
    let optimizerStep: Int
    let averageUpdates: Int
    fileprivate let file: SafetensorsFile

    /// Puts the floats into their places.
    func restore(_ tensors: [StateTensor]) throws { try RunFolder.restore(tensors, from: file) }
  }

  /// - Throws: `CheckpointError` for a file that is damaged; `TrainingRunError`, also for the state of another run.
  func load(_ identity: RunIdentity) throws -> Saved {
    let file = try SafetensorsFile(contentsOf: statePath)
    let path = statePath
    func invalid(_ reason: String) -> TrainingRunError { .invalidState(file: path, reason: reason) }
    guard let text = file.metadata[Self.metadataKey],
      let object = (try? JSONValue(parsing: Array(text.utf8), options: .python))?.objectValue
    else { throw invalid("it has no metadata of a run") }
    let fields = JSONFields(object) { key, expected, _ in invalid("\(key) must be \(expected)") }
    guard try fields.required("format", .integer) == 1 else { throw invalid("another version wrote it") }
    if let other = identity.difference(from: try fields.required("identity", .object)) {
      throw TrainingRunError.otherRun(folder: self.path, what: other.name, was: other.was, now: other.now)
    }
    return Saved(
      counters: try RunCounters(try fields.required("counters", .object), failure: invalid),
      optimizerStep: try fields.required("optimizer_step", .integer(0 ... .max)),
      averageUpdates: try fields.required("average_updates", .integer(0 ... .max)), file: file)
  }

  private static func restore(_ tensors: [StateTensor], from file: SafetensorsFile) throws {
    for tensor in tensors {
      guard file.tensors[tensor.name]?.shape == tensor.shape, file.tensors[tensor.name]?.dtype == .float32
      else {
        throw TrainingRunError.invalidState(
          file: file.path, reason: "\(tensor.name) is not there as float32 of \(tensor.shape)")
      }
    }
    for tensor in tensors { try file.tensor(tensor.name).copyElements(to: tensor.floats) }
  }

  // MARK: Best weights

  func saveBest(_ tensors: [StateTensor], step: Int) throws {
    try FloatTensors.write(tensors.map(FloatTensor.init), metadata: [:], to: bestPath(step: step))
  }

  func restoreBest(_ tensors: [StateTensor], step: Int) throws {
    try Self.restore(tensors, from: SafetensorsFile(contentsOf: bestPath(step: step)))
  }

  private func removeBest(except step: Int?) throws(FileError) {
    let kept = step.map(Self.bestName)
    for name in try FolderListing.names(in: runPath) where name.hasPrefix("best-") && name != kept {
      try OutputFile.remove(FilePath.join(runPath, name))
    }
  }

  /// Removes what only an unfinished run needs. The state goes first: without it nothing else is looked for.
  func clear() throws(FileError) {
    guard FilePath.isFolder(runPath) else { return }
    try OutputFile.remove(statePath)
    for name in try FolderListing.names(in: runPath) where name != "." && name != ".." {
      try OutputFile.remove(FilePath.join(runPath, name))
    }
    let name = try FileError.systemPath(runPath)
    _ = try FileError.retrying(runPath, "rmdir") { rmdir(name) }
  }
}

/// Keeps a second process out of a run's folder. It ends with the process, however that ends.
final class RunLock {
  private let descriptor: Int32

  fileprivate init(_ path: String, folder: String) throws {
    let name = try FileError.systemPath(path)
    descriptor = try FileError.retrying(path, "open") {
      systemOpen(name, O_RDWR | O_CREAT | O_CLOEXEC, OutputFile.publicPermissions)
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let code = errno
      close(descriptor)
      if code == EWOULDBLOCK { throw TrainingRunError.inUse(folder: folder) }
      throw FileError(path: path, reason: .system(call: "flock", code: code))
    }
  }

  deinit { close(descriptor) }
}

extension FloatTensor {
  init(_ tensor: StateTensor) {
    self.init(name: tensor.name, shape: tensor.shape, elements: UnsafeBufferPointer(tensor.floats))
  }
}
