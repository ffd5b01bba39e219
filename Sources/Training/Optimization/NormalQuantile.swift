/// The quantiles of the normal distribution, by Wichura's algorithm AS 241 (PPND16): within 1e-15 of them, and with the
/// same bits on every machine, which the C library's functions do not promise.
enum NormalQuantile {
  /// - Parameter probability: Above 0 and below 1.
  static func value(_ probability: Double) -> Double {
    let distance = probability - 0.5
    if abs(distance) <= 0.425 {
      let r = 0.180625 - distance * distance
      return distance * polynomial(r, centre.above) / polynomial(r, centre.below)
    }
    let tail = distance < 0 ? probability : 1 - probability
    let r = (-logarithm(tail)).squareRoot()
    let size =
      r <= 5
      ? polynomial(r - 1.6, middle.above) / polynomial(r - 1.6, middle.below)
      : polynomial(r - 5, far.above) / polynomial(r - 5, far.below)
    return distance < 0 ? -size : size
  }

  /// Numerator and denominator, the highest power first.
  private typealias Fraction = (above: [Double], below: [Double])

  private static let centre: Fraction = (
    [
      2509.0809287301226727, 33430.575583588128105, 67265.770927008700853, 45921.953931549871457,
      13731.693765509461125, 1971.5909503065514427, 133.14166789178437745, 3.3871328727963666080,
    ],
    [
      5226.4952788528545610, 28729.085735721942674, 39307.895800092710610, 21213.794301586595867,
      5394.1960214247511077, 687.18700749205790830, 42.313330701600911252, 1,
    ]
  )
  private static let middle: Fraction = (
    [
      7.74545014278341407640e-4, 0.0227238449892691845833, 0.241780725177450611770, 1.27045825245236838258,
      3.64784832476320460504, 5.76949722146069140550, 4.63033784615654529590, 1.42343711074968357734,
    ],
    [
      1.05075007164441684324e-9, 5.47593808499534494600e-4, 0.0151986665636164571966, 0.148103976427480074590,
      0.689767334985100004550, 1.67638483018380384940, 2.05319162663775882187, 1,
    ]
  )
  private static let far: Fraction = (
    [
      2.01033439929228813265e-7, 2.71155556874348757815e-5, 0.00124266094738807843860,
      0.0265321895265761230930, 0.296560571828504891230, 1.78482653991729133580, 5.46378491116411436990,
      6.65790464350110377720,
    ],
    [
      2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5,
      7.86869131145613259100e-4,
      0.0148753612908506148525, 0.136929880922735805310, 0.599832206555887937690, 1,
    ]
  )

  private static func polynomial(_ x: Double, _ coefficients: [Double]) -> Double {
    coefficients.reduce(0) { $0 * x + $1 }
  }

  /// The natural logarithm of a normal number above 0: of its fraction the series of the inverse hyperbolic tangent.
  static func logarithm(_ x: Double) -> Double {
    var fraction = x.significand
    var exponent = Double(x.exponent)
    if fraction > 1.4142135623730951 {
      fraction /= 2
      exponent += 1
    }
    let s = (fraction - 1) / (fraction + 1)
    let square = s * s
    var sum = 0.0
    for odd in stride(from: 25, through: 1, by: -2) { sum = sum * square + 1 / Double(odd) }
    return exponent * 0.693147180559945309417 + 2 * s * sum
  }
}
