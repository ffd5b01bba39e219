/// The names under which programs keep the tensors of one and the same kind of encoder.
///
/// A model asks for the names that `transformers` writes to disk for the first of its kind (for ViT those of version 4:
/// `vit.encoder.layer.0.attention.attention.query.weight`), with more of the same sort for what others of the kind have
/// besides; a family says where a file has them. Each model's folder has the families of its own.
public struct KeyFamily: Sendable, Hashable {
  /// The family's name.
  public let rawValue: String
  /// The scope of the encoder in the names that are asked for, such as `vit`. Families of the same scope and kind are
  /// alternatives.
  let scope: String
  let kind: String
  /// What the encoder's keys begin with in the files that there are.
  package let prefixes: [String]
  let spelling: KeySpelling
  let marks: KeyMarks

  /// A family.
  ///
  /// - Parameters:
  ///   - name: Its name.
  ///   - scope: Of the encoder in the names that are asked for.
  ///   - kind: What it has in common with its alternatives.
  ///   - prefixes: What the encoder's keys begin with in files, such as `vit.`.
  ///   - spelling: How names are turned into the file's.
  ///   - marks: How such a file is known.
  package init(
    _ name: String, scope: String, kind: String, prefixes: [String], spelling: KeySpelling = KeySpelling(),
    marks: KeyMarks
  ) {
    rawValue = name
    self.scope = scope
    self.kind = kind
    self.prefixes = prefixes
    self.spelling = spelling
    self.marks = marks
  }

  /// A family is its name.
  public static func == (a: KeyFamily, b: KeyFamily) -> Bool { a.rawValue == b.rawValue }

  /// A family is its name.
  public func hash(into hasher: inout Hasher) { hasher.combine(rawValue) }
}

/// Keys that show of which family a file is. What families have in common counts for each.
package struct KeyMarks: Sendable {
  /// Beginnings of keys without the encoder's prefix.
  let beginnings: [String]
  /// What keys of layers begin with, and what one of them has in it.
  let layers: String
  let parts: [String]

  package init(beginnings: [String], layers: String = "", parts: [String] = []) {
    self.beginnings = beginnings
    self.layers = layers
    self.parts = parts
  }

  /// Whether a key without its prefix is one of this family's.
  func explain(_ key: Substring) -> Bool {
    beginnings.contains { key.hasPrefix($0) }
      || !parts.isEmpty && key.hasPrefix(layers) && parts.contains { key.contains($0) }
  }
}
