// One import gives a user of the classifier every name that its calls take, return and throw, and no other: who reads
// weights or JSON with this package imports `Checkpoint`, who computes with tensors `TensorCore`.
@_exported import struct Checkpoint.CheckpointError
@_exported import struct Checkpoint.LoadError
@_exported import struct Checkpoint.LoadReport
@_exported import enum Checkpoint.ModelSaveError
@_exported import struct Checkpoint.PretrainedConfig
@_exported import ImageProcessor
@_exported import struct Platform.DigestError
@_exported import class Platform.Ed25519PrivateKey
@_exported import struct Platform.Ed25519PublicKey
@_exported import struct Platform.FileError
@_exported import enum Platform.SigningKeyError
@_exported import struct TensorCore.ComputeBudget
@_exported import enum TensorCore.DType
@_exported import enum TensorCore.KernelLevel
@_exported import enum TensorCore.KernelLevelError
@_exported import enum TensorCore.Precision
@_exported import struct TensorCore.Tensor
@_exported import enum TensorCore.TensorError
@_exported import ViTModel

#if Hub
  @_exported import ModelHub
#endif

#if Evidence
  @_exported import ImageEvidence
#endif
