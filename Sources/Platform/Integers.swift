// Integers out of foreign bytes, and sums that such integers may make too large.

extension BidirectionalCollection<UInt8> {
  /// The unsigned integer that these bytes spell, the least significant first: at most eight bytes.
  @inlinable package var littleEndianInteger: UInt64 { reversed().reduce(0) { $0 << 8 | UInt64($1) } }

  /// The unsigned integer that these bytes spell, the most significant first: at most eight bytes.
  @inlinable package var bigEndianInteger: UInt64 { reduce(0) { $0 << 8 | UInt64($1) } }
}

extension FixedWidthInteger {
  /// The product of `factors`, 1 for none; `nil` where it does not fit, be it only on the way.
  @inlinable package static func product(_ factors: some Sequence<Self>) -> Self? {
    var product: Self = 1
    for factor in factors {
      let (next, overflow) = product.multipliedReportingOverflow(by: factor)
      guard !overflow else { return nil }
      product = next
    }
    return product
  }
}
