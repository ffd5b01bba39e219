// The names in this module's interface that belong to the layers under it.
@_exported import struct Layers.PackedCache
@_exported import enum Layers.PackedCacheProblem
@_exported import struct Layers.PackedCacheReport
@_exported import struct Layers.Parameter
@_exported import struct Layers.ParameterLayout
