/// The old name of the errors of configurations.
@available(*, deprecated, renamed: "CheckpointError")
public typealias ConfigError = CheckpointError
/// The old name of the errors of safetensors files.
@available(*, deprecated, renamed: "CheckpointError")
public typealias SafetensorsError = CheckpointError
/// The old name of the errors of PyTorch files.
@available(*, deprecated, renamed: "CheckpointError")
public typealias PyTorchFileError = CheckpointError
/// The old name of the errors of an index of several files.
@available(*, deprecated, renamed: "CheckpointError")
public typealias ShardIndexError = CheckpointError
/// The old name of the errors of a model's folder.
@available(*, deprecated, renamed: "CheckpointError")
public typealias ModelFolderError = CheckpointError
/// The old name of the errors of weights that were rounded to integers.
@available(*, deprecated, renamed: "CheckpointError")
public typealias QuantizedWeightsError = CheckpointError

extension CheckpointError {
  /// The folder; see ``file``.
  @available(*, deprecated, renamed: "file")
  public var folder: String { file }

  /// Makes an error of a folder.
  @available(*, deprecated, renamed: "init(file:problem:)")
  public init(folder: String, problem: Problem) { self.init(file: folder, problem: problem) }
}
