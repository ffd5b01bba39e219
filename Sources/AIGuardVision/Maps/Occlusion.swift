/// Occlusion (Zeiler and Fergus, "Visualizing and Understanding Convolutional Networks", 2014): a grey square is laid over
/// the network's input, place by place, and each place gets what the result loses by it.
///
/// The result is the log-odds of P(AI) where it is known which labels mean that, else the logit of the best label. A place
/// with a positive value spoke for "generated" (or for that label), one with a negative value against it.
public struct Occlusion: Sendable, Equatable {
  /// The side of the square in pixels of the input; `nil` for a seventh of the input's shorter side, 32 of 224.
  public var side: Int?
  /// The pixels from one place to the next, across and down, at most `side`; `nil` for half of it. Squares at the right and
  /// lower edges are cut off there.
  public var stride: Int?
  /// The grey that hides what is under the square, a level of 8-bit RGB before the pixel values are normalised.
  public var fill: UInt8

  /// The most places of one map: each is a run of the network.
  public static let maximumPlaces = 20_000

  /// The defaults: squares of a seventh, half over each other, in middle grey.
  public init(side: Int? = nil, stride: Int? = nil, fill: UInt8 = 128) {
    (self.side, self.stride, self.fill) = (side, stride, fill)
  }
}

extension Occlusion {
  /// The squares over an input of a size.
  struct Places: Sendable, Equatable {
    let side: Int
    let stride: Int
    /// Of the input.
    let height: Int
    let width: Int
    /// Of the places.
    let rows: Int
    let columns: Int

    /// The pixels of the input under a square, as ranges of rows and columns.
    subscript(index: Int) -> (rows: Range<Int>, columns: Range<Int>) {
      let (top, left) = (index / columns * stride, index % columns * stride)
      return (top..<min(top + side, height), left..<min(left + side, width))
    }
  }

  /// Where the squares lie.
  ///
  /// - Throws: `ExplanationError.invalidArgument` before anything is computed.
  func places(height: Int, width: Int) throws(ExplanationError) -> Places {
    let shorter = min(height, width)
    let side = side ?? max(shorter / 7, 1)
    guard (1...shorter).contains(side) else {
      throw .invalidArgument(
        name: "side", value: "\(side)", allowed: "from 1 to \(shorter), the input's shorter side")
    }
    let stride = stride ?? max(side / 2, 1)
    guard (1...side).contains(stride) else {
      throw .invalidArgument(
        name: "stride", value: "\(stride)", allowed: "from 1 to \(side), the side of the square")
    }
    func count(_ size: Int) -> Int { (size - side + stride - 1) / stride + 1 }
    let (rows, columns) = (count(height), count(width))
    guard rows <= Self.maximumPlaces / columns else {
      throw .invalidArgument(
        name: "stride", value: "\(stride)",
        allowed: "larger: \(rows) x \(columns) places are more than the \(Self.maximumPlaces) that are run")
    }
    return Places(side: side, stride: stride, height: height, width: width, rows: rows, columns: columns)
  }

  /// What the result loses at each place.
  ///
  /// - Parameters:
  ///   - pixelValues: [1, channels, height, width].
  ///   - fill: The pixel value of each channel under a square.
  ///   - score: Gives the result of each image of a batch, the same bits in any company.
  func losses(
    _ pixelValues: Tensor, _ places: Places, fill: [Float], score: (Tensor) throws -> [Double]
  ) throws -> [Double] {
    let whole = try score(pixelValues)[0]
    let (shape, pixels) = (pixelValues.shape, try pixelValues.elements)
    let count = places.rows * places.columns
    var losses: [Double] = []
    losses.reserveCapacity(count)
    for first in Swift.stride(from: 0, to: count, by: ImageClassifier.chunk) {
      let some = first..<min(first + ImageClassifier.chunk, count)
      let batch = try Tensor(shape: [some.count] + shape.dropFirst()) { out in
        for (image, place) in some.enumerated() {
          let base = image * pixels.count
          _ = UnsafeMutableBufferPointer(rebasing: out[base..<(base + pixels.count)]).initialize(from: pixels)
          let (rows, columns) = places[place]
          for (channel, value) in fill.enumerated() {
            for row in rows {
              let start = base + (channel * places.height + row) * places.width
              for column in columns { out[start + column] = value }
            }
          }
        }
      }
      losses += try score(batch).map { whole - $0 }
    }
    return losses
  }
}

extension Occlusion.Places {
  /// The mean of the squares over each pixel of the input, [height, width]: what is drawn.
  func spread(_ losses: [Float]) -> [Float] {
    var sums = [Double](repeating: 0, count: height * width)
    var counts = [Int32](repeating: 0, count: height * width)
    for (place, loss) in losses.enumerated() {
      let (rows, columns) = self[place]
      for row in rows {
        for index in (row * width + columns.lowerBound)..<(row * width + columns.upperBound) {
          sums[index] += Double(loss)
          counts[index] += 1
        }
      }
    }
    return zip(sums, counts).map { Float($0 / Double(max($1, 1))) }
  }
}
