internal import CTensorKernels
import Platform

extension Kernels {
  /// A checksum of what packing makes of a few weights.
  ///
  /// It tells packed weights of one build from those of another whose layout or rounding differs, where
  /// nobody remembered to change a version. It takes microseconds.
  ///
  /// - Throws: `TensorError.outOfMemory`.
  package func packingFingerprint(_ precision: Precision) throws -> UInt64 {
    // A panel and a bit, a group of steps and a bit: what pads the last ones is part of the layout.
    let (rows, columns) = (table.pointee.matrix.panel_columns + 3, 301)
    let weights = try Tensor(shape: [rows, columns]) { out in
      for index in 0..<rows * columns { out[index] = Float(index * 7919 % 1021 - 510) / 300 }
    }
    return try PackedMatrix(weights, precision: precision, kernels: self).arena
      .withBytes(Checksum64.sum)
  }
}
