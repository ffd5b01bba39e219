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
