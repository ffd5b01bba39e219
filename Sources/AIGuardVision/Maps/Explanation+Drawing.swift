import ImageProcessor
import Platform

extension Explanation {
  /// The map over the image: the image in grey, and over it each cell in the colour of its value in viridis, dark violet for
  /// the lowest and yellow for the highest of `scale`, green-blue for the middle. Cells have hard edges, because the map
  /// knows nothing finer; what the network did not see keeps its grey.
  ///
  /// - Parameters:
  ///   - longestSide: The longer side of the result in pixels: the image is resized (bicubic) to it. At least 1.
  ///   - opacity: The share of the colours, from 0 to 1.
  /// - Throws: `ExplanationError.invalidArgument`, `PreprocessingError`, `TensorError.outOfMemory`.
  public func image(longestSide: Int = 1024, opacity: Double = 0.6) throws -> RGBImage {
    guard opacity >= 0, opacity <= 1 else {
      throw ExplanationError.invalidArgument(name: "opacity", value: "\(opacity)", allowed: "from 0 to 1")
    }
    guard longestSide >= 1 else {
      throw ExplanationError.invalidArgument(
        name: "longestSide", value: "\(longestSide)", allowed: "at least 1")
    }
    let longest = max(picture.width, picture.height)
    func scaled(_ side: Int) -> Int {
      max(1, Int(exactly: (Double(side) * Double(longestSide) / Double(longest)).rounded()) ?? .max)
    }
    let (width, height) = (scaled(picture.width), scaled(picture.height))
    let small = try picture.resized(width: width, height: height, filter: .bicubic, limits: limits)
    let (columns, rows) = (
      cellIndices(width, of: picture.width, from: frame.x, frame.width * covered.width, cells.shape[1]),
      cellIndices(height, of: picture.height, from: frame.y, frame.height * covered.height, cells.shape[0])
    )
    let (colors, byteCount) = (try self.colors(), width * height * 3)
    guard isMemoryAvailable(byteCount: byteCount) else {
      throw PreprocessingError.outOfMemory(bytes: byteCount)
    }
    let share = Int((opacity * 256).rounded())
    let pixels = [UInt8](unsafeUninitializedCapacity: byteCount) { out, initialized in
      small.withUnsafeBytes { source in
        for y in 0..<height {
          for x in 0..<width {
            let at = (y * width + x) * 3
            let grey = Self.grey(source[at], source[at + 1], source[at + 2])
            var color = (red: grey, green: grey, blue: grey)
            if let row = rows[y], let column = columns[x] { color = colors[row * cells.shape[1] + column] }
            out[at] = Self.mix(color.red, grey, share)
            out[at + 1] = Self.mix(color.green, grey, share)
            out[at + 2] = Self.mix(color.blue, grey, share)
          }
        }
      }
      initialized = byteCount
    }
    return try RGBImage(width: width, height: height, pixels: pixels)
  }

  /// The colour of each cell.
  private func colors() throws -> [(red: UInt8, green: UInt8, blue: UInt8)] {
    let scale = try self.scale
    let span = Double(scale.upperBound) - Double(scale.lowerBound)
    return try cells.elements.map { value in
      // Where all are the same, none is higher than another.
      Viridis.color(span > 0 ? (Double(value) - Double(scale.lowerBound)) / span : 0.5)
    }
  }

  /// The cell over the middle of each drawn pixel along an axis; `nil` beside all cells.
  private func cellIndices(
    _ count: Int, of size: Int, from start: Double, _ length: Double, _ cells: Int
  ) -> [Int?] {
    (0..<count).map { index in
      let place = ((Double(index) + 0.5) * Double(size) / Double(count) - start) / length
      guard place >= 0, place < 1 else { return nil }
      return min(Int(place * Double(cells)), cells - 1)
    }
  }

  /// `share` of 256 of a colour over a grey.
  private static func mix(_ color: UInt8, _ grey: UInt8, _ share: Int) -> UInt8 {
    let mixed = Int(color) * share + Int(grey) * (256 - share)
    return UInt8((mixed + 128) >> 8)
  }

  /// The luma of Rec. 601, as Pillow's `convert("L")` has it.
  private static func grey(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> UInt8 {
    let weighted = UInt32(red) * 19595 + UInt32(green) * 38470
    return UInt8((weighted + UInt32(blue) * 7471 + 0x8000) >> 16)
  }
}
