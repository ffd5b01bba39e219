/// An image that is turned while its rows arrive.
final class TurnedImage: RowConsumer {
  private let storage: PixelStorage
  private let header: ImageHeader
  private let orientation: ImageOrientation

  init(_ header: ImageHeader, from orientation: ImageOrientation) throws(ImageError) {
    let count = RGBImage.byteCount(width: header.width, height: header.height)
    guard let count, let storage = PixelStorage(count: count) else {
      throw .outOfMemory(bytes: count ?? .max)
    }
    (self.storage, self.header, self.orientation) = (storage, header, orientation)
  }

  func take(_ rows: UnsafePointer<UInt8>, first: Int, count: Int) -> Int {
    orientation.place(
      rows, first: first, count: count, width: header.width, height: header.height, to: storage.base)
    return first + count
  }

  /// Every row is written again.
  func restart() {}

  var image: RGBImage {
    let isTurned = orientation.swapsAxes
    return RGBImage(
      width: isTurned ? header.height : header.width, height: isTurned ? header.width : header.height,
      storage: storage)
  }
}
