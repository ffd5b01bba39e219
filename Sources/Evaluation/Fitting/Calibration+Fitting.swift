import AIGuardVision

extension Calibration {
  /// Fits a calibration.
  ///
  /// - Parameters:
  ///   - samples: What the model said of images that it was not taught on.
  ///   - weightsSHA256: The SHA-256 of its weights (`ModelIdentity.sha256`).
  ///   - dataSHA256: The SHA-256 of the list of images.
  ///   - errorRate: Of photographs `fake` may be said so often, and of generated images `real`.
  ///   - sourceErrorRate: The same for images of sources that are not among these; `nil` where nothing is asked for.
  ///   - domain: What the model was taught on.
  ///   - date: The day, as YYYY-MM-DD, where it is to be kept.
  /// - Throws: `CalibrationFitError` for the samples, `CalibrationError` for the rest.
  public static func fitted(
    to samples: [CalibrationSample], weightsSHA256: String, dataSHA256: String, errorRate: Double,
    sourceErrorRate: Double? = nil, domain: ImageDomain? = nil, date: String? = nil
  ) throws -> Calibration {
    let fit = try TemperatureFit(samples)
    let band = try ConformalBand(
      samples.map { sample in
        (
          score(logOdds: sample.logOdds, temperature: fit.temperature, bias: fit.bias), sample.isGenerated,
          sample.source
        )
      }, errorRate: errorRate, sourceErrorRate: sourceErrorRate)
    let fakes = samples.count { $0.isGenerated }
    var rate: Double?
    if let real = band.realSourceRate, let fake = band.fakeSourceRate { rate = max(real, fake) }
    return try Calibration(
      weightsSHA256: weightsSHA256, temperature: fit.temperature, bias: fit.bias,
      unsure: (band.unsure.lowerBound, band.unsure.upperBound),
      fit: Fit(
        errorRate: errorRate, dataSHA256: dataSHA256, realCount: samples.count - fakes, fakeCount: fakes,
        sourceErrorRate: rate, date: date), domain: domain)
  }
}
