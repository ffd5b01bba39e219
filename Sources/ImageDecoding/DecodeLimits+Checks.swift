extension DecodeLimits {
  /// More pixels than any machine has memory for. What a pixel takes, multiplied by so many, still can be counted.
  private static let mostPixels = 1 << 48

  package func check(encodedBytes count: Int) throws(ImageError) {
    try check("encodedBytes", count, allowed: encodedBytes)
  }

  package func check(metadataBytes count: Int) throws(ImageError) {
    try check("metadataBytes", count, allowed: metadataBytes)
  }

  package func check(frames count: Int) throws(ImageError) {
    try check("frames", count, allowed: frames)
  }

  /// - Parameter count: As `product` and `sum` give it.
  package func check(intermediateBytes count: Int) throws(ImageError) {
    guard count != .max else {
      throw .limitExceeded(limit: "intermediateBytes", declared: count, allowed: intermediateBytes)
    }
    try check("intermediateBytes", count, allowed: intermediateBytes)
  }

  package func check(width: Int, height: Int) throws(ImageError) {
    try check(
      "pixels", Self.product(width, height), allowed: Swift.min(pixels, Self.mostPixels))
  }

  private func check(_ limit: String, _ declared: Int, allowed: Int) throws(ImageError) {
    guard declared <= allowed else {
      throw .limitExceeded(limit: limit, declared: declared, allowed: allowed)
    }
  }

  /// Whether a size, as `product` and `sum` give it, is within what is allowed.
  package static func allows(_ size: Int, of allowed: Int) -> Bool { size != .max && size <= allowed }

  /// Sizes multiplied, none of them negative; `Int.max` where that cannot be counted.
  package static func product(_ sizes: Int...) -> Int {
    var result = 1
    var isCounted = true
    for size in sizes {
      let (product, overflow) = result.multipliedReportingOverflow(by: size)
      if size == 0 { return 0 }
      if overflow { isCounted = false } else { result = product }
    }
    return isCounted ? result : .max
  }

  /// Sizes added up, none of them negative; `Int.max` where that cannot be counted.
  package static func sum(_ first: Int, _ second: Int) -> Int {
    let (sum, overflow) = first.addingReportingOverflow(second)
    return overflow ? .max : sum
  }
}
