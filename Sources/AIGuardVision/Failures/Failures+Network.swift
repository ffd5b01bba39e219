import TensorCore
import ViTModel

extension ViTError: ClassificationFailure {
  /// `model`.
  public var kind: String { "model" }
  /// 500: image processor and network do not fit together.
  public var httpStatus: Int { 500 }
}

extension ViTConfigError: ClassificationFailure {
  /// `model`.
  public var kind: String { "model" }
  /// 500: the configuration is the model's.
  public var httpStatus: Int { 500 }
}

extension TrainableNetworkError: ClassificationFailure {
  /// `model`.
  public var kind: String { "model" }
  /// 500: the model and its configuration are not the caller's input.
  public var httpStatus: Int { 500 }
}

extension TensorError: ClassificationFailure {
  /// `out-of-memory`, or `internal` for tensors that this library should not have made.
  public var kind: String {
    if case .outOfMemory = self { "out-of-memory" } else { "internal" }
  }

  /// 503 where there is no memory, else 500.
  public var httpStatus: Int {
    if case .outOfMemory = self { 503 } else { 500 }
  }
}

extension KernelLevelError: ClassificationFailure {
  /// `invalid-setting`.
  public var kind: String { "invalid-setting" }
  /// 500: the environment is the server's.
  public var httpStatus: Int { 500 }
}
