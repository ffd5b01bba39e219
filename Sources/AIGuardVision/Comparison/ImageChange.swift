/// A way of changing decoded images before models see them.
package struct ImageChange: Sendable {
  /// Gives the changed image.
  package let apply: @Sendable (_ image: DecodedImage, _ limits: DecodeLimits) throws -> DecodedImage

  /// A change that `apply` makes.
  package init(_ apply: @escaping @Sendable (DecodedImage, DecodeLimits) throws -> DecodedImage) {
    self.apply = apply
  }

  /// The image as it is.
  package static let none = ImageChange { image, _ in image }
}
