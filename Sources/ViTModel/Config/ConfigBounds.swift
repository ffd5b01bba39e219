/// The bounds that the configurations of all networks are held to, before anything is made of them.
enum ConfigBounds {
  /// Of any extent: far above any real network, and low enough that no product of two of these overflows.
  static let largest = 1 << 24
  /// The reference's largest network has 48 layers; each costs a report of sixteen missing tensors at least.
  static let mostLayers = 4096

  /// Checks extents by their keys.
  ///
  /// - Parameter counts: What may be zero.
  /// - Throws: `ViTConfigError.notPositive`, `tooLarge`.
  static func check(extents: [(String, Int)], counts: [(String, Int)]) throws(ViTConfigError) {
    for (key, value) in extents where value <= 0 { throw .notPositive(key: key, value: value) }
    for (key, value) in counts where value < 0 { throw .notPositive(key: key, value: value) }
    for (key, value) in extents + counts where value > largest {
      throw .tooLarge(key: key, value: value, limit: largest)
    }
  }

  /// The extents of images and their patches.
  static func extents(image: ImageExtent, patch: ImageExtent, channels: Int) -> [(String, Int)] {
    [
      ("image_size", image.height), ("image_size", image.width), ("patch_size", patch.height),
      ("patch_size", patch.width), ("num_channels", channels),
    ]
  }

  /// Checks a number of layers, whatever they are called.
  ///
  /// - Throws: `ViTConfigError.tooLarge`.
  static func check(layers: Int, _ key: String) throws(ViTConfigError) {
    guard layers <= mostLayers else { throw .tooLarge(key: key, value: layers, limit: mostLayers) }
  }

  /// Checks what images are cut into, whose extents have been checked.
  ///
  /// - Parameter grid: The patches of an image.
  /// - Throws: `ViTConfigError.patchLargerThanImage`, `tooLarge`.
  static func check(
    image: ImageExtent, patch: ImageExtent, channels: Int, grid: ImageExtent
  ) throws(ViTConfigError) {
    guard patch.height <= image.height, patch.width <= image.width else {
      throw .patchLargerThanImage(patch: patch, image: image)
    }
    guard patch.count <= largest, patch.count * channels <= largest else {
      throw .tooLarge(key: "patch_size", value: patch.count, limit: largest)
    }
    guard grid.count < largest else { throw .tooLarge(key: "image_size", value: grid.count, limit: largest) }
  }

  /// Checks what is added to variances.
  ///
  /// - Throws: `ViTConfigError.invalidEpsilon`.
  static func check(epsilon: Double) throws(ViTConfigError) {
    guard epsilon.isFinite, epsilon >= 0 else { throw .invalidEpsilon(epsilon) }
  }
}
