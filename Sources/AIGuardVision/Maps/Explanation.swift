import ImageProcessor

/// How a map of an image is made.
public enum ExplanationMethod: Sendable, Equatable {
  /// What the layers' attention lets through, for models that have such attention.
  case rollout(AttentionRollout = AttentionRollout())
  /// What the result loses where a part is hidden, for every model.
  case occlusion(Occlusion = Occlusion())

  /// `rollout` or `occlusion`.
  public var name: String {
    switch self {
    case .rollout: "rollout"
    case .occlusion: "occlusion"
    }
  }
}

/// Where in an image a network's result comes from, by one method: numbers, and a picture of them.
///
/// `Docs/Maps.md` says what such a map does not prove.
public struct Explanation: Sendable {
  /// What the model says of the image: bit for bit what `classify` gives.
  public let result: ClassificationResult
  /// How the map was made; of `occlusion` with the side and the stride that were taken.
  public let method: ExplanationMethod
  /// The numbers, [rows, columns] from the top: of `rollout` the share of each patch in the result, of `occlusion` what the
  /// result loses at each place of the square.
  public let values: Tensor
  /// Where the network's input lies in the image as it was classified.
  public let frame: InputFrame
  /// What `occlusion` hid: the label whose logit was taken; `nil` for P(AI), and for `rollout`.
  public let target: String?

  /// The image as it was classified: upright where the policy says so.
  package let picture: RGBImage
  /// What is drawn, [rows, columns] of cells that cover the input from the top.
  let cells: Tensor
  /// The pixels of the input that the cells cover, as a share of its height and width: patches leave remainders out.
  let covered: (height: Double, width: Double)
  let limits: DecodeLimits

  /// The values at both ends of the colours: of `rollout` the lowest and the highest, of `occlusion` the largest loss or
  /// gain that is drawn with both signs, so that no change is in the middle.
  public var scale: ClosedRange<Float> {
    get throws {
      let cells = try cells.elements
      let (low, high) = (cells.min() ?? 0, cells.max() ?? 0)
      guard case .occlusion = method else { return low...high }
      let most = max(abs(low), abs(high))
      return -most...most
    }
  }
}
