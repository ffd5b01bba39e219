/// What is known of an image before its pixels are decoded.
package struct ImageHeader {
  package let format: ImageFormat
  /// As Pillow names it.
  package let mode: String
  /// Of the rows that the reader writes.
  package let width: Int
  package let height: Int
  /// How the reference turns these rows when it loads the image; then its metadata say nothing more.
  package var turn = ImageOrientation.topLeft
  /// How the image is to be turned to be seen upright, by its metadata.
  package var orientation = ImageOrientation.topLeft
  /// Whether rows come from the top down, each once. Otherwise they need memory for the whole image.
  package var comesFromTop = false
  /// Whether `orientation` may change while the pixels are read.
  package var orientationMayFollow = false
}
