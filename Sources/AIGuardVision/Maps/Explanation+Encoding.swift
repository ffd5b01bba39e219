// The same fields as `aiguard explain --json` prints, under the same names: `Docs/Maps.md` lists them.

extension Explanation: Encodable {
  private enum CodingKeys: CodingKey { case method, settings, rows, columns, values, scale, frame, target }

  /// Writes the fields of the result, and `method`, `settings`, `rows`, `columns`, `values` (row by row), `scale` (the lowest
  /// and the highest colour's value), `frame` and, where a label was looked at, `target`.
  ///
  /// - Throws: As `ModelIdentity.sha256`, `TensorError.outOfMemory`, and what the encoder throws.
  public func encode(to encoder: any Encoder) throws {
    try result.encode(to: encoder)
    var fields = encoder.container(keyedBy: CodingKeys.self)
    let (elements, columns, scale) = (try values.elements, values.shape[1], try self.scale)
    try fields.encode(method.name, forKey: .method)
    switch method {
    case .rollout(let rollout): try fields.encode(rollout, forKey: .settings)
    case .occlusion(let occlusion): try fields.encode(occlusion, forKey: .settings)
    }
    try fields.encode(values.shape[0], forKey: .rows)
    try fields.encode(columns, forKey: .columns)
    try fields.encode(
      (0..<values.shape[0]).map { Array(elements[($0 * columns)..<(($0 + 1) * columns)]) }, forKey: .values)
    try fields.encode([scale.lowerBound, scale.upperBound], forKey: .scale)
    try fields.encode(frame, forKey: .frame)
    try fields.encodeIfPresent(target, forKey: .target)
  }
}

extension AttentionRollout: Encodable {
  private enum CodingKeys: CodingKey { case headFusion, residual, discard }

  /// Writes `headFusion`, `residual` and `discard`.
  public func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: CodingKeys.self)
    try fields.encode(headFusion, forKey: .headFusion)
    try fields.encode(residual, forKey: .residual)
    try fields.encode(discard, forKey: .discard)
  }
}

extension Occlusion: Encodable {
  private enum CodingKeys: CodingKey { case side, stride, fill }

  /// Writes `side` and `stride`, of a map those that it was made with, and `fill`.
  public func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: CodingKeys.self)
    try fields.encodeIfPresent(side, forKey: .side)
    try fields.encodeIfPresent(stride, forKey: .stride)
    try fields.encode(fill, forKey: .fill)
  }
}

extension InputFrame: Encodable {
  private enum CodingKeys: CodingKey { case x, y, width, height }

  /// Writes `x`, `y`, `width` and `height`.
  public func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: CodingKeys.self)
    try fields.encode(x, forKey: .x)
    try fields.encode(y, forKey: .y)
    try fields.encode(width, forKey: .width)
    try fields.encode(height, forKey: .height)
  }
}
