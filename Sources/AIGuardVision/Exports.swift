// One import gives the whole house.
@_exported import Checkpoint
@_exported import ImageProcessor
@_exported import TensorCore
@_exported import ViTModel

#if Hub
  @_exported import ModelHub
#endif
