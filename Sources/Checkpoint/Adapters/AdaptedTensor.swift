import TensorCore

/// What an adapter makes of a tensor of the model.
struct AdaptedTensor: Sendable {
  /// The key of the adapter's tensor that takes the whole of its place.
  var replacement: String?
  /// Rows that others take the place of.
  var pieces: [Piece] = []
  /// What is added to rows.
  var updates: [Update] = []

  /// Whether the elements are the adapter's, as they stand there.
  var isReplaced: Bool { replacement != nil && pieces.isEmpty && updates.isEmpty }

  struct Piece: Sendable {
    let rows: Range<Int>
    let key: String
    /// The first of the rows of `key`.
    let start: Int
  }

  /// `scale * b[start...] a`, added to `rows`.
  struct Update: Sendable {
    let rows: Range<Int>
    let factors: Adapter.Factors
    let start: Int
    let rank: Int
    /// The elements of a row.
    let columns: Int
    let scale: Float
  }

  /// Puts the elements of some rows where they are wanted.
  ///
  /// - Parameters:
  ///   - rows: Along the first axis.
  ///   - elements: Memory for exactly them.
  ///   - adapter: The adapter's tensors.
  ///   - base: Reads the model's own.
  func read(
    _ rows: Range<Int>, into elements: UnsafeMutableBufferPointer<Float>, from adapter: ModelWeights,
    base: (Range<Int>, UnsafeMutableBufferPointer<Float>) throws -> Void
  ) throws {
    if let replacement {
      try adapter.read(replacement, rows: rows, into: elements)
    } else {
      try base(rows, elements)
    }
    guard !rows.isEmpty else { return }
    let columns = elements.count / rows.count
    func part(_ wanted: Range<Int>) -> UnsafeMutableBufferPointer<Float> {
      let first = wanted.lowerBound - rows.lowerBound
      return UnsafeMutableBufferPointer(
        rebasing: elements[(first * columns)..<((first + wanted.count) * columns)])
    }
    for piece in pieces {
      let shared = piece.rows.clamped(to: rows)
      guard !shared.isEmpty else { continue }
      let start = piece.start + shared.lowerBound - piece.rows.lowerBound
      try adapter.read(piece.key, rows: start..<(start + shared.count), into: part(shared))
    }
    for update in updates {
      let shared = update.rows.clamped(to: rows)
      guard !shared.isEmpty else { continue }
      let start = update.start + shared.lowerBound - update.rows.lowerBound
      let b = try adapter.read(update.factors.b, rows: start..<(start + shared.count))
      let a = try adapter.read(update.factors.a)
      try b.withUnsafeBufferPointer { b in
        try a.withUnsafeBufferPointer { a in
          LowRank.add(
            to: part(shared), columns: columns, b: b, a: a, rank: update.rank, scale: update.scale)
        }
      }
    }
  }
}
