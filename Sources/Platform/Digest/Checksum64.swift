/// A checksum at the speed of memory, against accidents and not against forgers.
///
/// Each step is a bijection of the sum so far and of the word, so one damaged word always shows, and more
/// of them hide with a probability of 2^-64. Words are read as the machine orders their bytes.
package enum Checksum64 {
  /// The sum of a few bytes. Not the sum that `of(_:budget:)` gives for the same bytes.
  package static func sum(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    // Eight chains side by side: one alone would wait for each multiplication.
    var (a, b, c, d) = (UInt64(1), UInt64(2), UInt64(3), UInt64(4))
    var (e, f, g, h) = (UInt64(5), UInt64(6), UInt64(7), UInt64(8))
    let whole = bytes.count / 64 * 64
    if let base = bytes.baseAddress {
      var at = base
      while at < base + whole {
        a = step(a, word(at))
        b = step(b, word(at + 8))
        c = step(c, word(at + 16))
        d = step(d, word(at + 24))
        e = step(e, word(at + 32))
        f = step(f, word(at + 40))
        g = step(g, word(at + 48))
        h = step(h, word(at + 56))
        at += 64
      }
    }
    var total = UInt64(truncatingIfNeeded: bytes.count)
    for chain in [a, b, c, d, e, f, g, h] { total = step(total, chain) }
    for byte in bytes[whole...] { total = step(total, UInt64(byte)) }
    return total ^ total >> 32
  }

  @inline(__always)
  private static func word(_ at: UnsafeRawPointer) -> UInt64 { at.loadUnaligned(as: UInt64.self) }

  /// The round of XXH64. The rotation carries the upper bits down, which products leave where they are; the
  /// word's own product keeps a bit here and a bit in the next word from cancelling each other.
  @inline(__always)
  private static func step(_ sum: UInt64, _ word: UInt64) -> UInt64 {
    let mixed = sum &+ word &* 0xC2B2_AE3D_27D4_EB4F
    return (mixed << 31 | mixed >> 33) &* 0x9E37_79B1_85EB_CA87
  }
}
