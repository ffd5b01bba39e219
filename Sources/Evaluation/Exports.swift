// Who judges models opens a data set first: its types come along.
@_exported import enum Datasets.DatasetError
@_exported import struct Datasets.DatasetLimits
@_exported import struct Datasets.DatasetOptions
@_exported import enum Datasets.DatasetSplit
@_exported import struct Datasets.ImageDataset
@_exported import struct Datasets.ImageRecord
