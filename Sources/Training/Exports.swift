@_exported import struct Datasets.ImageRecord
