/// An extended XMP packet of a JPEG, whose pieces may come in any order.
struct XMPExtension {
  /// What the first piece declares.
  let total: Int
  private var pieces: [Int: [UInt8]] = [:]
  private var count = 0

  init(total: Int) { self.total = total }

  /// - Returns: Whether the piece lies within the packet and is the first of its place.
  mutating func add(_ piece: some Collection<UInt8>, at offset: Int) -> Bool {
    guard offset >= 0, offset <= total, piece.count <= total - offset, piece.count <= total - count,
      pieces[offset] == nil
    else { return false }
    pieces[offset] = Array(piece)
    count += piece.count
    return true
  }

  /// The whole packet; nil where pieces are missing or overlap.
  var bytes: [UInt8]? {
    var whole: [UInt8] = []
    for (offset, piece) in pieces.sorted(by: { $0.key < $1.key }) {
      guard offset == whole.count else { return nil }
      whole += piece
    }
    return whole.count == total ? whole : nil
  }
}
