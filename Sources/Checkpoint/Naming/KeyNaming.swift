/// How one file spells its keys: the family, and what the encoder's keys begin with.
public struct KeyNaming: Sendable, Hashable, CustomStringConvertible {
  /// The family.
  public let family: KeyFamily
  /// What the encoder's keys begin with, such as `vit.`; may be empty.
  public let prefix: String

  /// Makes a naming.
  public init(family: KeyFamily, prefix: String) {
    self.family = family
    self.prefix = prefix
  }

  /// The family's name, and the prefix where it is there.
  public var description: String {
    family.rawValue + (prefix.isEmpty ? " without prefix" : " with the prefix \(prefix)")
  }

  /// Finds out how a file spells its keys, from the layers' keys and those of the embeddings.
  ///
  /// The naming that explains most keys is taken.
  ///
  /// - Parameters:
  ///   - names: The file's keys.
  ///   - fallback: Taken of equals, and where no naming explains any key, so that a report says what it missed under the
  ///     names that people know.
  ///   - families: Those that are considered, the first of equals first.
  ///   - prefixes: What the encoder's keys may begin with, if with anything.
  package init(
    detectingIn names: some Sequence<String>, fallback: KeyNaming, families: [KeyFamily], prefixes: [String]
  ) {
    var votes: [KeyNaming: Int] = [:]
    for name in names {
      let prefix = prefixes.first { name.hasPrefix($0) } ?? ""
      let rest = name.dropFirst(prefix.count)
      for family in families where family.marks.explain(rest) {
        votes[KeyNaming(family: family, prefix: prefix), default: 0] += 1
      }
    }
    let most = votes.values.max() ?? 0
    let best = votes.filter { $0.value == most }.keys
    // Equals are decided the same way every time: the first families and a prefix come first.
    func rank(_ naming: KeyNaming) -> (Int, Int) {
      (families.firstIndex(of: naming.family) ?? 0, naming.prefix.isEmpty ? 1 : 0)
    }
    self = best.contains(fallback) ? fallback : best.min { rank($0) < rank($1) } ?? fallback
  }

  /// Finds out how a file spells the keys of a model that transformers would have saved as `expected`. Only spellings of
  /// the same kind of encoder are considered, with the same prefix or none, and with the family's where the model is saved
  /// without one: the weights of another model are not mistaken for it.
  ///
  /// - Parameter families: The spellings that there are.
  init(detectingIn names: some Sequence<String>, expected: KeyNaming, families: [KeyFamily]) {
    self.init(
      detectingIn: names, fallback: expected,
      families: families.filter { $0.isAlternative(to: expected.family) },
      prefixes: expected.prefix.isEmpty ? expected.family.prefixes : [expected.prefix])
  }

  /// Where a file of this naming keeps the tensor that a model asks for as `canonical`.
  package func location(of canonical: String) -> KeyLocation {
    let spelling = family.spelling
    for (asked, spelled) in spelling.heads where canonical.hasPrefix(asked) {
      let head = spelled + canonical.dropFirst(asked.count)
      return KeyLocation(candidates: prefix.isEmpty ? [head] : [head, prefix + head])
    }
    let scope = family.scope + "."
    guard canonical.hasPrefix(scope) else { return KeyLocation(candidates: [canonical]) }
    let (name, part) = spelling.spell(canonical.dropFirst(scope.count))
    return KeyLocation(candidates: [prefix + name], part: part)
  }
}

extension KeyFamily {
  /// Whether files of the two keep the same encoder.
  fileprivate func isAlternative(to other: KeyFamily) -> Bool { scope == other.scope && kind == other.kind }
}

/// Where a file keeps a tensor that a model asks for.
package struct KeyLocation: Equatable {
  /// The file's keys, of which the first that exists counts.
  package let candidates: [String]
  /// Which part of the rows; `nil` for all of them.
  package var part: RowPart?
}
