internal import CImageKernels

/// The float value of each of the 256 levels of each of the three channels.
///
/// A level has one value wherever it stands, so the float stage is a look-up and exact by construction.
public struct NormalizationTable: Sendable, Equatable {
  /// 768 values: 256 for red, then green, then blue.
  public let values: [Float]

  /// Computes the table.
  ///
  /// With neither rescaling nor normalising the reference returns integers; here those are floats.
  ///
  /// - Parameters:
  ///   - config: Says which steps are done, with what constants. `imageMean` and `imageStd` need three
  ///     entries each; see `ViTImageProcessor.init(config:profile:)`, which checks that.
  ///   - arithmetic: The order of the roundings.
  public init(config: ImageProcessorConfig, arithmetic: NormalizationArithmetic) {
    var values: [Float] = []
    values.reserveCapacity(768)
    for channel in 0..<3 {
      let mean = channel < config.imageMean.count ? config.imageMean[channel] : 0
      let std = channel < config.imageStd.count ? config.imageStd[channel] : 1
      var table = [Float](repeating: 0, count: 256)
      // With an offset between the steps no back end folds them into one.
      let isApart = config.subtractsOne && config.doRescale
      cik_float_table(
        arithmetic.number, config.doRescale ? 1 : 0, config.rescaleFactor,
        config.doNormalize && !isApart ? 1 : 0, mean, std, &table)
      if isApart {
        table = table.map { $0 - 1 }
        if config.doNormalize { table = table.map { ($0 - Float(mean)) / Float(std) } }
      }
      values += config.dividesAgain ? table.map { $0 / Float(std) } : table
    }
    self.values = values
  }
}
