/// A height and a width, in pixels or in patches.
public struct ImageExtent: Sendable, Hashable, CustomStringConvertible {
  /// From top to bottom.
  public var height: Int
  /// From left to right.
  public var width: Int

  /// A rectangle.
  public init(height: Int, width: Int) {
    self.height = height
    self.width = width
  }

  /// A square.
  public init(_ side: Int) { self.init(height: side, width: side) }

  /// For example `224x224`.
  public var description: String { "\(height)x\(width)" }
}

extension ViTConfig {
  /// The former name of `ImageExtent`.
  @available(*, deprecated, renamed: "ImageExtent")
  public typealias Extent = ImageExtent
}
