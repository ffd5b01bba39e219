/// Memory for a whole image.
package final class WholeImage: RowSink {
  let storage: PixelStorage
  private let header: ImageHeader

  package init(_ header: ImageHeader) throws(ImageError) {
    let count = RGBImage.byteCount(width: header.width, height: header.height)
    guard let count, let storage = PixelStorage(count: count, isZeroed: true) else {
      throw .outOfMemory(bytes: count ?? .max)
    }
    self.storage = storage
    self.header = header
    super.init(width: header.width, height: header.height, base: storage.base, capacity: header.height)
  }

  override var isBlack: Bool { true }

  package var image: RGBImage { RGBImage(width: header.width, height: header.height, storage: storage) }
}
