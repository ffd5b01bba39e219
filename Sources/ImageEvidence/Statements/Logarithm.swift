internal import Platform

/// The binary logarithm.
func logarithm(_ value: Double) -> Double { log2(value) }
