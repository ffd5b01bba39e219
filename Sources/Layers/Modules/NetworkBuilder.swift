import Checkpoint
import TensorCore

/// What the modules of a network are put together from: a place among the weights, and the way to compute.
package struct NetworkBuilder {
  /// The weights, at the module's key path.
  package let loader: WeightLoader
  package let kernels: Kernels
  /// Of the linear layers.
  package let precision: Precision
  /// What becomes of their weights.
  package let packing: PackingPlan

  package init(loader: WeightLoader, kernels: Kernels, precision: Precision, packing: PackingPlan) {
    self.loader = loader
    self.kernels = kernels
    self.precision = precision
    self.packing = packing
  }

  /// The builder of a module's child.
  package func scoped(_ name: String) -> NetworkBuilder {
    NetworkBuilder(loader: loader.scoped(name), kernels: kernels, precision: precision, packing: packing)
  }

  /// The same in 32-bit floating point, for the layers that are too small to gain anything by less: the
  /// projection of the patches and the classifier.
  package var exact: NetworkBuilder {
    NetworkBuilder(loader: loader, kernels: kernels, precision: .float32, packing: packing)
  }

  /// A linear classifier, which is computed in 32 bits; none for a network without labels.
  package func classifier(_ name: String = "classifier", of features: Int, labels: Int) throws -> Linear? {
    labels == 0 ? nil : try Linear(scoped(name).exact, inFeatures: features, outFeatures: labels)
  }

  /// A tensor that is small enough to be read at once.
  ///
  /// - Throws: What reading throws. A tensor that is missing or has another shape is reported by the loader's `finish`.
  package func tensor(_ name: String, shape: [Int]) throws -> Tensor { try loader.tensor(name, shape: shape) }
}
