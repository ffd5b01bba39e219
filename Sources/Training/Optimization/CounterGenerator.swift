/// Numbers that look random and depend on nothing but a seed, a name and a place: Philox 4x64-10 (Salmon et al., 2011),
/// which NumPy has under the same name.
///
/// Any place can be asked for at any time, so that threads may share the work. The same seed gives the same bits on every
/// machine: only integers, and of floating point the operations that IEEE 754 rounds exactly, are used.
package struct CounterGenerator: Sendable {
  private let key: (UInt64, UInt64)

  /// - Parameters:
  ///   - seed: Of the run.
  ///   - stream: What the numbers are for, such as a parameter's name: streams have nothing to do with each other. The
  ///     second word of the key is the FNV-1a hash of its UTF-8.
  package init(seed: UInt64, stream: String) {
    let hash = stream.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { hash, byte in
      (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
    }
    key = (seed, hash)
  }

  /// The four words of a counter.
  package func words(_ low: UInt64, _ high: UInt64 = 0) -> (UInt64, UInt64, UInt64, UInt64) {
    var (first, second, third, fourth) = (low, high, UInt64(0), UInt64(0))
    var (leftKey, rightKey) = key
    for _ in 0..<10 {
      let left = (0xD2E7_470E_E14C_6C93 as UInt64).multipliedFullWidth(by: first)
      let right = (0xCA5A_8263_9512_1157 as UInt64).multipliedFullWidth(by: third)
      (first, second, third, fourth) = (
        right.high ^ second ^ leftKey, right.low, left.high ^ fourth ^ rightKey, left.low
      )
      leftKey &+= 0x9E37_79B9_7F4A_7C15
      rightKey &+= 0xBB67_AE85_84CA_A73B
    }
    return (first, second, third, fourth)
  }

  /// Evenly distributed, neither 0 nor 1: the upper 53 bits of a word and half a unit.
  ///
  /// - Parameter attempt: For who may need several numbers for one place.
  package func uniform(at place: Int, attempt: Int = 0) -> Double {
    let bits = UInt64(truncatingIfNeeded: place)
    let words = words(bits >> 2, UInt64(truncatingIfNeeded: attempt))
    let word = [words.0, words.1, words.2, words.3][Int(bits & 3)]
    return (Double(word >> 11) + 0.5) * 0x1p-53
  }

  /// Normally distributed around 0 with deviation 1: the quantile of `uniform`.
  package func normal(at place: Int, attempt: Int = 0) -> Double {
    NormalQuantile.value(uniform(at: place, attempt: attempt))
  }
}
