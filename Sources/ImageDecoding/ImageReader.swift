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

/// A file of one format, opened: its header has been read and is within the limits.
package protocol ImageReader: SendableMetatype {
  /// What decodes the format: a library with its version, or "own decoder". Nil where it is not built in.
  static var codec: String? { get }

  /// Opens a file that begins with the format's signature. The reader must not outlive `bytes`.
  init(_ bytes: UnsafeRawBufferPointer, limits: DecodeLimits) throws(ImageError)

  var header: ImageHeader { get }

  /// Decodes the image and writes its rows.
  ///
  /// - Returns: The orientation that the metadata say, now that all of them have been read.
  func read(into sink: RowSink) throws(ImageError) -> ImageOrientation
}

extension ImageReader {
  /// Decodes the image, and makes sure that every row went where it belongs.
  package func write(to sink: RowSink) throws(ImageError) -> ImageOrientation {
    let orientation = try read(into: sink)
    guard !sink.isMisused else {
      throw .corrupt(format: header.format, detail: "its rows do not come in order, or outside of the image")
    }
    return orientation
  }
}
