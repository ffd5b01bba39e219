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
    private var steps: [Step] = []

    /// What is done to an image of such a size, of which `part` has been left before.
    private struct Step {
      enum Kind { case left, around, right, upsideDown, mirrored, cropped(x: Int, y: Int) }
      let kind: Kind
      let part: Rectangle
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

    /// What is left of the image so far, as it is seen.
    private var seen: (width: Int, height: Int) {
      orientation.swapsAxes ? (crop.height, crop.width) : (crop.width, crop.height)
    }

    private mutating func note(_ kind: Step.Kind) {
      steps.append(
        Step(kind: kind, part: crop, hasOddWidth: seen.width % 2 == 1, hasOddHeight: seen.height % 2 == 1))
    }

    /// The part of the coded image in which libheif interpolates the chroma, before it turns or crops the image, because
    /// samples that are shared by pixels would be shared by others. Nil where it never does.
    func interpolation(chroma: Int) -> Rectangle? {
      steps.first { step in
        switch (chroma, step.kind) {
        case (2, .left), (2, .right): true
        case (2, .around): step.hasOddHeight
        case (2, .cropped(let x, _)): x % 2 == 1
        case (1, .cropped(let x, let y)): x % 2 == 1 || y % 2 == 1
        case (2, .mirrored), (1, .left): step.hasOddWidth
        case (1, .right): step.hasOddHeight
        case (1, _): step.hasOddWidth || step.hasOddHeight
        default: false
        }
      }?.part
    }

    private mutating func apply(cleanAperture bytes: UnsafeRawBufferPointer) throws(ImageError) {
      var numbers: [Int] = []
      for index in 0..<8 {
        guard let number = bytes.integer(at: 4 * index, bytes: 4) else { throw HEIFMetadata.cut }
        numbers.append(Int(Int32(truncatingIfNeeded: number)))
      }
      let swaps = orientation.swapsAxes
      guard
        let across = Self.range(
          numbers[0], numbers[1], numbers[4], numbers[5], of: seen.width, roundsDown: true),
        let down = Self.range(
          numbers[2], numbers[3], numbers[6], numbers[7], of: seen.height, roundsDown: false)
      else { throw HEIFMetadata.corrupt("the clean aperture has no pixels") }
      note(.cropped(x: across.lowerBound, y: down.lowerBound))
      // From the turned image back to the coded one.
      let (columns, rows) = swaps ? (down, across) : (across, down)
      let x = orientation.mirrorsRows ? crop.width - columns.upperBound : columns.lowerBound
      let y = orientation.mirrorsColumns ? crop.height - rows.upperBound : rows.lowerBound
      crop = Rectangle(x: crop.x + x, y: crop.y + y, width: columns.count, height: rows.count)
    }

    /// The samples of an axis inside the aperture, whose size and offset from the middle are fractions.
    private static func range(
      _ size: Int, _ sizeDivisor: Int, _ offset: Int, _ offsetDivisor: Int, of count: Int, roundsDown: Bool
    ) -> Range<Int>? {
      guard sizeDivisor > 0, offsetDivisor > 0, size > 0 else { return nil }
      // Twice the first sample is (count - 1) + 2 * offset - (size - 1). Three factors of 32 bits fit.
      let (sizes, offsets) = (Int128(sizeDivisor), Int128(offsetDivisor))
      let first =
        Int128(count - 1) * sizes * offsets + 2 * Int128(offset) * sizes - Int128(size - sizeDivisor)
        * offsets
      let start =
        roundsDown ? first / (2 * sizes * offsets) : (first + sizes * offsets) / (2 * sizes * offsets)
      // A half is rounded up.
      let last = (2 * (Int128(size - sizeDivisor) + start * sizes) + sizes) / (2 * sizes)
      guard start <= last, start < count, last >= 0 else { return nil }
      return Swift.max(0, Int(start))..<Int(Swift.min(Int128(count), last + 1))
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
