internal import CImageCodecs

/// How a stored image is to be turned and mirrored to be seen upright, numbered as EXIF's Orientation (tag 0x0112)
/// numbers it. A case's name says where the first row and the first column of the stored image belong.
public enum ImageOrientation: Int, Sendable, CaseIterable {
  case topLeft = 1
  case topRight = 2
  case bottomRight = 3
  case bottomLeft = 4
  case leftTop = 5
  case rightTop = 6
  case rightBottom = 7
  case leftBottom = 8

  /// Whether stored rows are seen as columns.
  package var swapsAxes: Bool { rawValue >= ImageOrientation.leftTop.rawValue }
  /// Whether what is stored first in a row is seen last.
  package var mirrorsRows: Bool { [.topRight, .bottomRight, .rightBottom, .leftBottom].contains(self) }
  /// Whether the row that is stored first is seen last.
  package var mirrorsColumns: Bool { [.bottomRight, .bottomLeft, .rightTop, .rightBottom].contains(self) }

  /// Writes `count` rows from `first` on of a stored image of three bytes a pixel where they belong in the upright one.
  ///
  /// - Parameters:
  ///   - width, height: Of the stored image.
  ///   - output: As many bytes as the stored image has.
  package func place(
    _ rows: UnsafePointer<UInt8>, first: Int, count: Int, width: Int, height: Int,
    to output: UnsafeMutablePointer<UInt8>
  ) {
    cic_orient(rows, Int64(width), Int64(height), Int64(first), Int64(count), Int32(rawValue), output)
  }
}
