internal import CImageCodecs

/// Makes something of rows that come from the top down.
package protocol RowConsumer: AnyObject {
  /// The most rows that `take` keeps, and one more.
  var window: Int { get }

  /// Called with `count` rows from `first` on, before they are overwritten.
  ///
  /// - Returns: The first row that is to be given again, with those that follow it, in the next call.
  func take(_ rows: UnsafePointer<UInt8>, first: Int, count: Int) -> Int

  /// The rows begin again from the first.
  func restart()
}

extension RowConsumer {
  package var window: Int { 1 }
}

/// A band of rows, which a consumer takes whenever it is full.
package final class RowBand: RowSink {
  private let band: PixelStorage
  private let rowBytes: Int
  private let consumer: any RowConsumer
  /// Large enough for loops to run, small enough to stay in the second-level cache.
  private static let bytes = 1 << 18

  package init(_ header: ImageHeader, for consumer: any RowConsumer) throws(ImageError) {
    let rowBytes = header.width * 3
    (self.rowBytes, self.consumer) = (rowBytes, consumer)
    let capacity = Swift.min(header.height, consumer.window + Swift.max(8, Self.bytes / rowBytes))
    guard let band = PixelStorage(count: capacity * rowBytes) else {
      throw .outOfMemory(bytes: capacity * rowBytes)
    }
    self.band = band
    super.init(width: header.width, height: header.height, base: band.base, capacity: capacity)
    rows.pointee.context = Unmanaged.passUnretained(self).toOpaque()
    rows.pointee.flush = { context, rows, first, count in
      guard let context, let rows else { return 0 }
      let band = Unmanaged<RowBand>.fromOpaque(context).takeUnretainedValue()
      let end = Int(first) + Int(count)
      let kept = end - band.consumer.take(rows, first: Int(first), count: Int(count))
      rows.update(from: rows + (Int(count) - kept) * band.rowBytes, count: kept * band.rowBytes)
      return UInt32(kept)
    }
  }

  override func rewind() {
    super.rewind()
    consumer.restart()
  }

  /// Gives the rows that are still in the band. Called once, when the last row has been written.
  package func finish() {
    let first = Int(rows.pointee.first)
    _ = consumer.take(band.base, first: first, count: end - first)
    rows.pointee.first = rows.pointee.end
  }
}
