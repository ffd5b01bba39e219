internal import CImageCodecs
internal import CImageKernels

/// Where a reader's rows go: memory for all of them, or a band that is worked off whenever it is full.
class RowSink {
  /// Readers in C write to this. It points to memory that this object owns.
  let rows: UnsafeMutablePointer<cic_rows>

  fileprivate init(width: Int, height: Int, base: UnsafeMutablePointer<UInt8>, capacity: Int) {
    rows = .allocate(capacity: 1)
    // A header's sizes have passed the limits, and no format has more than 32 bits of them.
    rows.initialize(
      to: cic_rows(
        base: base, stride: width * 3, first: 0, end: 0, capacity: UInt32(clamping: capacity),
        height: UInt32(clamping: height), flush: nil, context: nil, on_white: 0, misused: 0))
  }

  deinit { rows.deallocate() }

  /// Whether alpha is composited on white. Set before anything is written.
  var isOnWhite: Bool {
    get { rows.pointee.on_white != 0 }
    set { rows.pointee.on_white = newValue ? 1 : 0 }
  }

  /// Whether the memory is black before anything is written, and so takes none until then.
  var isBlack: Bool { false }

  /// Whether a reader asked for a row that there is no memory for. What it then wrote stands in some other row.
  var isMisused: Bool { rows.pointee.misused != 0 }

  /// The memory of row `y`, counted from the top; `isMisused` says whether there was none.
  func row(_ y: Int) -> UnsafeMutablePointer<UInt8> { cic_row(rows, UInt32(exactly: y) ?? .max) }

  /// Starts again from the first row.
  func rewind() { (rows.pointee.first, rows.pointee.end) = (0, 0) }

  /// Behind the last row that was asked for.
  var end: Int { Int(rows.pointee.end) }
}

/// Memory for a whole image.
final class WholeImage: RowSink {
  let storage: PixelStorage
  private let header: ImageHeader

  init(_ header: ImageHeader) throws(ImageError) {
    let count = RGBImage.byteCount(width: header.width, height: header.height)
    guard let count, let storage = PixelStorage(count: count, isZeroed: true) else {
      throw .outOfMemory(bytes: count ?? .max)
    }
    self.storage = storage
    self.header = header
    super.init(width: header.width, height: header.height, base: storage.base, capacity: header.height)
  }

  override var isBlack: Bool { true }

  var image: RGBImage { RGBImage(width: header.width, height: header.height, storage: storage) }
}

/// A band of rows, of which `take` makes something.
class RowBand: RowSink {
  private let band: PixelStorage
  private let rowBytes: Int
  /// Large enough for loops to run, small enough to stay in the second-level cache.
  private static let bytes = 1 << 18

  /// - Parameter window: The most rows that `take` keeps, and one more.
  init(_ header: ImageHeader, window: Int = 1) throws(ImageError) {
    let rowBytes = header.width * 3
    self.rowBytes = rowBytes
    let capacity = Swift.min(header.height, window + Swift.max(8, Self.bytes / rowBytes))
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
      let kept = end - band.take(rows, first: Int(first), count: Int(count))
      rows.update(from: rows + (Int(count) - kept) * band.rowBytes, count: kept * band.rowBytes)
      return UInt32(kept)
    }
  }

  /// Called with `count` rows from `first` on, before they are overwritten.
  ///
  /// - Returns: The first row that is to be given again, with those that follow it, in the next call.
  func take(_ rows: UnsafePointer<UInt8>, first: Int, count: Int) -> Int { first + count }

  /// Takes the rows that are still in the band. Called once, when the last row has been written.
  final func finish() {
    let first = Int(rows.pointee.first)
    _ = take(band.base, first: first, count: end - first)
    rows.pointee.first = rows.pointee.end
  }
}

/// An image that is turned while its rows arrive.
final class TurnedImage: RowBand {
  private let storage: PixelStorage
  private let header: ImageHeader
  private let orientation: ImageOrientation

  init(_ header: ImageHeader, from orientation: ImageOrientation) throws(ImageError) {
    let count = RGBImage.byteCount(width: header.width, height: header.height)
    guard let count, let storage = PixelStorage(count: count) else {
      throw .outOfMemory(bytes: count ?? .max)
    }
    self.storage = storage
    self.header = header
    self.orientation = orientation
    try super.init(header)
  }

  override func take(_ rows: UnsafePointer<UInt8>, first: Int, count: Int) -> Int {
    cik_orient(
      rows, Int64(header.width), Int64(header.height), Int64(first), Int64(count),
      Int32(orientation.rawValue),
      storage.base)
    return first + count
  }

  var image: RGBImage {
    let isTurned = orientation.swapsAxes
    return RGBImage(
      width: isTurned ? header.height : header.width, height: isTurned ? header.width : header.height,
      storage: storage)
  }
}
