#if HEIC
  /// What is seen of a coded image, and how it is turned: `clap`, `irot` and `imir` put together.
  struct HEIFGeometry {
    struct Rectangle: Equatable {
      var x = 0
      var y = 0
      var width: Int
      var height: Int
    }

    static let types: Set<String> = ["clap", "irot", "imir"]

    /// Of the coded image.
    let width: Int
    let height: Int
    /// The part of it that is seen, before it is turned.
    private(set) var crop: Rectangle
    private(set) var orientation = ImageOrientation.topLeft
    private var turns: [Turn] = []

    /// What is done to an image of such a size.
    private struct Turn {
      enum Kind { case left, around, right, upsideDown, mirrored }
      let kind: Kind
      let hasOddWidth: Bool
      let hasOddHeight: Bool
    }

    /// - Parameter properties: Of the image, in the order in which they apply.
    init(width: Int, height: Int, properties: [ISOBoxes.Box]) throws(ImageError) {
      (self.width, self.height) = (width, height)
      crop = Rectangle(width: width, height: height)
      for property in properties {
        switch property.type {
        case "clap": try apply(cleanAperture: property.bytes)
        case "irot":
          guard let angle = property.bytes.integer(at: 0, bytes: 1) else { throw HEIFMetadata.cut }
          if angle & 3 > 0 { note([.left, .around, .right][angle & 3 - 1]) }
          for _ in 0..<angle & 3 { orientation = orientation.turnedLeft }
        case "imir":
          guard let axis = property.bytes.integer(at: 0, bytes: 1) else { throw HEIFMetadata.cut }
          note(axis & 1 == 0 ? .upsideDown : .mirrored)
          orientation = axis & 1 == 0 ? orientation.flippedVertically : orientation.flippedHorizontally
        default: break
        }
      }
    }

    private mutating func note(_ kind: Turn.Kind) {
      let seen = orientation.swapsAxes ? (crop.height, crop.width) : (crop.width, crop.height)
      turns.append(
        Turn(kind: kind, hasOddWidth: seen.0 % 2 == 1, hasOddHeight: seen.1 % 2 == 1))
    }

    /// Whether libheif interpolates the chroma before it turns the image, because samples that are shared by pixels
    /// would be shared by others.
    func interpolates(chroma: Int) -> Bool {
      turns.contains { turn in
        switch (chroma, turn.kind) {
        case (2, .left), (2, .right): true
        case (2, .around): turn.hasOddHeight
        case (2, .mirrored), (1, .left): turn.hasOddWidth
        case (1, .right): turn.hasOddHeight
        case (1, _): turn.hasOddWidth || turn.hasOddHeight
        default: false
        }
      }
    }

    private mutating func apply(cleanAperture bytes: UnsafeRawBufferPointer) throws(ImageError) {
      var numbers: [Int] = []
      for index in 0..<8 {
        guard let number = bytes.integer(at: 4 * index, bytes: 4) else { throw HEIFMetadata.cut }
        numbers.append(Int(Int32(truncatingIfNeeded: number)))
      }
      let swaps = orientation.swapsAxes
      let seen = swaps ? (crop.height, crop.width) : (crop.width, crop.height)
      guard let across = Self.range(numbers[0], numbers[1], numbers[4], numbers[5], of: seen.0),
        let down = Self.range(numbers[2], numbers[3], numbers[6], numbers[7], of: seen.1)
      else { throw HEIFMetadata.corrupt("the clean aperture has no pixels") }
      // From the turned image back to the coded one.
      let (columns, rows) = swaps ? (down, across) : (across, down)
      let x = orientation.mirrorsRows ? crop.width - columns.upperBound : columns.lowerBound
      let y = orientation.mirrorsColumns ? crop.height - rows.upperBound : rows.lowerBound
      crop = Rectangle(x: crop.x + x, y: crop.y + y, width: columns.count, height: rows.count)
    }

    /// The samples of an axis inside the aperture, whose size and offset from the middle are fractions.
    private static func range(
      _ size: Int, _ sizeDivisor: Int, _ offset: Int, _ offsetDivisor: Int, of count: Int
    ) -> Range<Int>? {
      guard sizeDivisor > 0, offsetDivisor > 0, size > 0 else { return nil }
      // Exact: 32-bit numbers, and sizes below 2^31.
      let middle = Double(offset) / Double(offsetDivisor) + Double(count - 1) / 2
      let first = (middle - (Double(size) / Double(sizeDivisor) - 1) / 2).rounded(.toNearestOrEven)
      guard first.magnitude < 0x1p31 else { return nil }
      let start = Swift.max(0, Int(first))
      let end = Swift.min(count, Int(first) + size / sizeDivisor)
      return start < end ? start..<end : nil
    }
  }

  extension ImageOrientation {
    private init(swaps: Bool, mirrorsRows: Bool, mirrorsColumns: Bool) {
      self =
        Self.allCases.first {
          $0.swapsAxes == swaps && $0.mirrorsRows == mirrorsRows && $0.mirrorsColumns == mirrorsColumns
        } ?? .topLeft
    }

    /// Followed by a quarter turn against the clock.
    var turnedLeft: ImageOrientation {
      // What was seen from left to right is then seen from the bottom up.
      swapsAxes
        ? ImageOrientation(swaps: false, mirrorsRows: mirrorsRows, mirrorsColumns: !mirrorsColumns)
        : ImageOrientation(swaps: true, mirrorsRows: !mirrorsRows, mirrorsColumns: mirrorsColumns)
    }

    /// Followed by an exchange of top and bottom.
    var flippedVertically: ImageOrientation {
      swapsAxes
        ? ImageOrientation(swaps: true, mirrorsRows: !mirrorsRows, mirrorsColumns: mirrorsColumns)
        : ImageOrientation(swaps: false, mirrorsRows: mirrorsRows, mirrorsColumns: !mirrorsColumns)
    }

    /// Followed by an exchange of left and right.
    var flippedHorizontally: ImageOrientation {
      swapsAxes
        ? ImageOrientation(swaps: true, mirrorsRows: mirrorsRows, mirrorsColumns: !mirrorsColumns)
        : ImageOrientation(swaps: false, mirrorsRows: !mirrorsRows, mirrorsColumns: mirrorsColumns)
    }
  }
#endif
