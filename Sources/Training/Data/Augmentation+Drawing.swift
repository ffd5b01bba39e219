import ImageDecoding
import Platform

extension Augmentation {
  /// What happens to an image: a function of the seed, the epoch, the place in it, and the image's size.
  ///
  /// Each thing draws from numbers of its own, so that a recipe which differs in one of them leaves the others as they
  /// are. The mixture is drawn for a batch (`mixup(_:epoch:positions:at:)`).
  ///
  /// - Parameters:
  ///   - seed: Of the run.
  ///   - epoch: From 0.
  ///   - position: The image's place in the epoch, from 0.
  ///   - width: The image's, in pixels.
  ///   - height: The image's, in pixels.
  public func values(
    seed: UInt64, epoch: Int, position: Int, width: Int, height: Int
  ) -> AugmentationValues {
    let draws = AugmentationDraws(seed: seed, epoch: epoch, position: position)
    var values = AugmentationValues()
    var (width, height) = (width, height)
    if let crop, draws.happens(.crop, crop.probability) {
      let box = draws.box(.crop, crop, width, height)
      values.crop = box
      (width, height) = (box.width, box.height)
    }
    if let shift, draws.happens(.shift, shift.probability) {
      func pixels(_ number: Int) -> Int {
        shift.pixels.lowerBound + draws.index(.shift, number, of: shift.pixels.count)
      }
      values.shift = .init(right: pixels(1), down: pixels(2))
    }
    values.isFlipped = draws.happens(.flip, flip)
    if let rotation, let degrees = draws.number(.rotation, rotation.degrees) {
      values.rotation = .init(degrees: degrees, filter: rotation.filter)
    }
    if let rescale, let factor = draws.number(.rescale, rescale.factor), !rescale.filters.isEmpty {
      func side(_ side: Int) -> Int { max(1, Int((Double(side) * factor).rounded())) }
      (width, height) = (side(width), side(height))
      values.rescale = .init(
        factor: factor, width: width, height: height,
        filter: rescale.filters[draws.index(.rescale, 2, of: rescale.filters.count)])
    }
    values.blur = draws.number(.blur, blur)
    values.sharpness = draws.number(.sharpness, sharpness)
    values.color = draws.number(.color, color)
    values.brightness = draws.number(.brightness, brightness)
    values.contrast = draws.number(.contrast, contrast)
    if let jpeg, !jpeg.subsampling.isEmpty, draws.happens(.jpeg, jpeg.probability) {
      values.encoding = .jpeg(
        quality: jpeg.quality.lowerBound + draws.index(.jpeg, 1, of: jpeg.quality.count),
        subsampling: jpeg.subsampling[draws.index(.jpeg, 2, of: jpeg.subsampling.count)])
    } else if let webp, draws.happens(.webp, webp.probability) {
      values.encoding = .webp(
        quality: Double(webp.quality.lowerBound + draws.index(.webp, 1, of: webp.quality.count)))
    }
    if let erasing, draws.happens(.erasing, erasing.probability) {
      let color = (0..<3).map { UInt8(truncatingIfNeeded: draws.index(.erasing, 250 + $0, of: 256)) }
      values.erased = .init(box: draws.box(.erasing, erasing, width, height), color: color)
    }
    return values
  }

  /// With which other image of its batch an image is mixed, and its own weight; `nil` where it is not, and in a batch of
  /// one image.
  ///
  /// - Parameters:
  ///   - positions: The places in the epoch of the batch's images.
  ///   - position: One of them.
  func mixup(
    seed: UInt64, epoch: Int, positions: Range<Int>, at position: Int
  ) -> (position: Int, weight: Float)? {
    let draws = AugmentationDraws(seed: seed, epoch: epoch, position: position)
    guard let mixup, positions.count > 1, draws.happens(.mixup, mixup.probability) else { return nil }
    let step = 1 + draws.index(.mixup, 1, of: positions.count - 1)
    let partner = positions.lowerBound + (position - positions.lowerBound + step) % positions.count
    return (partner, draws.beta(.mixup, mixup.alpha))
  }
}

/// The numbers of one image.
struct AugmentationDraws {
  /// What numbers are drawn for: the raw value is part of the counter, and so of every recorded run.
  enum Purpose: UInt64 {
    case crop = 1, flip, rotation, rescale, blur, sharpness, color, brightness, contrast, jpeg, webp, erasing,
      mixup, shift
  }

  private let generator: CounterGenerator
  private let position: UInt64
  private let epoch: UInt64

  init(seed: UInt64, epoch: Int, position: Int) {
    generator = CounterGenerator(seed: seed, stream: "augmentation")
    self.position = UInt64(truncatingIfNeeded: position)
    self.epoch = UInt64(truncatingIfNeeded: epoch)
  }

  private func counter(_ purpose: Purpose, _ number: Int) -> UInt64 {
    epoch << 20 | purpose.rawValue << 10 | UInt64(truncatingIfNeeded: number & 1023)
  }

  /// From 0 on, below 1: the upper 53 bits of a word.
  private func uniform(_ purpose: Purpose, _ number: Int) -> Double {
    Double(generator.words(position, counter(purpose, number)).0 >> 11) * 0x1p-53
  }

  /// Above 0 and below 1, with 52 bits: half a unit more would round to 1 with 53.
  private func openUniform(_ purpose: Purpose, _ number: Int) -> Double {
    (Double(generator.words(position, counter(purpose, number)).0 >> 12) + 0.5) * 0x1p-52
  }

  func happens(_ purpose: Purpose, _ probability: Double) -> Bool { uniform(purpose, 0) < probability }

  func number(_ purpose: Purpose, _ draw: Augmentation.Draw?) -> Double? {
    guard let draw, happens(purpose, draw.probability) else { return nil }
    return between(draw.range, uniform(purpose, 1))
  }

  private func between(_ range: ClosedRange<Double>, _ share: Double) -> Double {
    min(range.upperBound, range.lowerBound + (range.upperBound - range.lowerBound) * share)
  }

  func index(_ purpose: Purpose, _ number: Int, of count: Int) -> Int {
    generator.below(count, position, counter(purpose, number))
  }

  /// A rectangle whose share of the image and whose shape are drawn: tried ten times, as torchvision does, and else as much
  /// of the middle as its shape allows.
  func box(
    _ purpose: Purpose, _ area: Augmentation.Area, _ width: Int, _ height: Int
  ) -> AugmentationValues.Box {
    let logarithms = log(area.ratio.lowerBound)...max(log(area.ratio.lowerBound), log(area.ratio.upperBound))
    for attempt in 0..<10 {
      let number = 4 * attempt
      let pixels = Double(width) * Double(height) * between(area.scale, uniform(purpose, number + 1))
      let ratio = exp(between(logarithms, uniform(purpose, number + 2)))
      let boxWidth = Int((pixels * ratio).squareRoot().rounded())
      let boxHeight = Int((pixels / ratio).squareRoot().rounded())
      guard (1...width).contains(boxWidth), (1...height).contains(boxHeight) else { continue }
      return AugmentationValues.Box(
        x: index(purpose, number + 3, of: width - boxWidth + 1),
        y: index(purpose, number + 4, of: height - boxHeight + 1), width: boxWidth, height: boxHeight)
    }
    let ratio = Double(width) / Double(height)
    var (boxWidth, boxHeight) = (width, height)
    if ratio < area.ratio.lowerBound {
      boxHeight = min(height, max(1, Int((Double(width) / area.ratio.lowerBound).rounded())))
    } else if ratio > area.ratio.upperBound {
      boxWidth = min(width, max(1, Int((Double(height) * area.ratio.upperBound).rounded())))
    }
    return AugmentationValues.Box(
      x: (width - boxWidth) / 2, y: (height - boxHeight) / 2, width: boxWidth, height: boxHeight)
  }

  /// A number of the distribution Beta(alpha, alpha): of two of the gamma distribution the first's share, by their logarithms,
  /// because those of a small alpha are too small for floating point.
  func beta(_ purpose: Purpose, _ alpha: Double) -> Float {
    let difference = logGamma(purpose, alpha, 100) - logGamma(purpose, alpha, 500)
    return Float(1 / (1 + exp(-difference)))
  }

  /// The logarithm of a number of the gamma distribution (Marsaglia and Tsang, 2000), from one of the shape above.
  private func logGamma(_ purpose: Purpose, _ shape: Double, _ first: Int) -> Double {
    let d = shape + 1 - 1.0 / 3
    let c = 1 / (9 * d).squareRoot()
    var found = log(d)
    for attempt in 0..<100 {
      let number = first + 4 * attempt
      let normal = NormalQuantile.value(openUniform(purpose, number + 1))
      let root = 1 + c * normal
      guard root > 0 else { continue }
      let cube = root * root * root
      if log(openUniform(purpose, number + 2)) < normal * normal / 2 + d * (1 - cube + log(cube)) {
        found = log(d * cube)
        break
      }
    }
    return found + log(openUniform(purpose, first)) / shape
  }
}
