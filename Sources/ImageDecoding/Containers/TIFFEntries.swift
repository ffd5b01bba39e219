/// The entries of a directory of a TIFF structure, as far as they are there.
package struct TIFFEntries: Sequence, IteratorProtocol {
  package struct Entry {
    package let tag: Int
    package let type: Int
    /// How many values it declares, `Int.max` for more.
    package let count: Int
    /// Where its values stand, if they fit there, or else their place.
    package let inline: Int

    /// The bytes of its values; nil where there are none, or of no known type.
    package var byteCount: Int? {
      guard count > 0, let size = TIFFFields.size(ofType: type) else { return nil }
      return DecodeLimits.product(count, size)
    }
  }

  private let fields: TIFFFields
  private var position = 0
  private var left = 0

  /// - Parameter directory: Its place; nil for no entries.
  package init(_ fields: TIFFFields, at directory: Int?) {
    self.fields = fields
    let countBytes = fields.isBig ? 8 : 2
    guard let directory, let count = fields.count(at: directory, bytes: countBytes) else { return }
    (left, position) = (count, directory + countBytes)
  }

  package mutating func next() -> Entry? {
    let size = 4 + 2 * fields.pointerBytes
    guard left > 0, position <= fields.bytes.count - size,
      let tag = fields.integer(at: position, bytes: 2), let type = fields.integer(at: position + 2, bytes: 2),
      let count = fields.count(at: position + 4, bytes: fields.pointerBytes)
    else { return nil }
    left -= 1
    defer { position += size }
    return Entry(tag: tag, type: type, count: count, inline: position + 4 + fields.pointerBytes)
  }
}

extension TIFFFields {
  /// Where the directory behind the one at `directory` stands; nil at the end of the list, and where that is not said.
  package func directory(after directory: Int) -> Int? {
    let countBytes = isBig ? 8 : 2
    guard let count = count(at: directory, bytes: countBytes) else { return nil }
    let entries = DecodeLimits.product(count, 4 + 2 * pointerBytes)
    let place = DecodeLimits.sum(DecodeLimits.sum(directory, countBytes), entries)
    return integer(at: place, bytes: pointerBytes).flatMap { $0 == 0 ? nil : $0 }
  }

  /// The same as `integer(at:bytes:)`, but the largest for one that does not fit.
  fileprivate func count(at offset: Int, bytes count: Int) -> Int? {
    guard offset >= 0, count <= bytes.count, offset <= bytes.count - count else { return nil }
    return integer(at: offset, bytes: count) ?? .max
  }
}
