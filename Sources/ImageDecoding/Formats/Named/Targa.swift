extension FileStart {
  /// A header of Targa that is followed by as many bytes as it says, at least. Of those without a signature this is all
  /// that there is, and other data must not be taken for it.
  var isTarga: Bool {
    guard bytes.count > 18, bytes[1] <= 1, let width = bytes.integer(at: 12, bytes: 2, .little),
      let height = bytes.integer(at: 14, bytes: 2, .little), width > 0, height > 0,
      let colors = bytes.integer(at: 5, bytes: 2, .little)
    else { return false }
    let (hasColors, type, mapBits, depth) = (bytes[1] == 1, bytes[2], Int(bytes[7]), Int(bytes[16]))
    switch (type & 7, depth) {
    case (1, 8): guard hasColors else { return false }
    case (3, 1), (3, 8), (3, 16), (2, 16), (2, 24), (2, 32): break
    default: return false
    }
    guard (1...3).contains(type) || (9...11).contains(type) else { return false }
    if hasColors, ![16, 24, 32].contains(mapBits) { return false }
    let before = 18 + Int(bytes[0]) + (hasColors ? colors * mapBits / 8 : 0)
    // A run of 128 pixels takes a byte for its length and one pixel.
    let coded =
      type >= 9 ? (width * height + 127) / 128 * (1 + depth / 8) : (width * depth + 7) / 8 * height
    return before + coded <= count
  }
}
