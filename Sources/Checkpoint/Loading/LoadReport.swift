import Platform

/// What became of a checkpoint's tensors when a model asked for its own.
public struct LoadReport: Sendable, Equatable, CustomStringConvertible {
  /// A tensor whose shape is not the one that the model needs.
  public struct Mismatch: Sendable, Hashable {
    /// The file's key.
    public let key: String
    /// The shape that the model needs.
    public let expected: [Int]
    /// The shape in the file.
    public let found: [Int]

    /// Makes a mismatch.
    public init(key: String, expected: [Int], found: [Int]) {
      self.key = key
      self.expected = expected
      self.found = found
    }
  }

  /// The file.
  public let file: String
  /// How the file spells its keys.
  public let naming: KeyNaming
  /// Keys, in the file's spelling, that the model needs and the file does not have.
  public let missing: [String]
  /// Keys of the file that the model did not ask for, such as a pooler's.
  public let unexpected: [String]
  /// Tensors of the wrong shape.
  public let mismatched: [Mismatch]
  /// Keys that belong to a tensor which the model needs and that give it another meaning than its elements have: the
  /// scales of rounded weights, adapters, masks.
  public let companions: [String]
  /// What all of the file's keys begin with, where the model would find its tensors without it.
  public let foreignPrefix: String?
  /// The prefix of a wrapper before all of the file's keys that was passed over, such as `module.`; mostly empty.
  public let wrapperPrefix: String
  /// The number of the file's tensors that were read.
  public let loadedCount: Int
  /// Each tensor that was asked for, in that order, and where it was found.
  package let uses: [TensorUse]
  /// The names of all that were asked for, in that order.
  package let asked: [String]

  /// A tensor that a model has loaded.
  package struct TensorUse: Sendable, Hashable {
    /// What the model asked for.
    package let canonical: String
    /// The file's key.
    package let key: String
    /// The part of it along the first axis; `nil` for all of it.
    package let rows: Range<Int>?
  }

  /// Makes a report.
  public init(
    file: String, naming: KeyNaming, missing: [String], unexpected: [String], mismatched: [Mismatch],
    loadedCount: Int
  ) {
    self.init(
      file: file, naming: naming, missing: missing, unexpected: unexpected, mismatched: mismatched,
      companions: [], foreignPrefix: nil, wrapperPrefix: "", loadedCount: loadedCount, uses: [], asked: [])
  }

  init(
    file: String, naming: KeyNaming, missing: [String], unexpected: [String], mismatched: [Mismatch],
    companions: [String], foreignPrefix: String?, wrapperPrefix: String, loadedCount: Int, uses: [TensorUse],
    asked: [String]
  ) {
    self.wrapperPrefix = wrapperPrefix
    self.asked = asked
    self.uses = uses
    self.companions = companions
    self.foreignPrefix = foreignPrefix
    self.file = file
    self.naming = naming
    self.missing = missing
    self.unexpected = unexpected
    self.mismatched = mismatched
    self.loadedCount = loadedCount
  }

  /// The family of the file's keys.
  public var keyFamily: KeyFamily { naming.family }

  /// Whether the model has all it needs, and nothing says that it means something else. Unexpected keys do no harm.
  public var isComplete: Bool { missing.isEmpty && mismatched.isEmpty && companions.isEmpty }

  /// Everything at once, a line for each kind; long lists are cut after ten.
  public var description: String {
    let passedOver = wrapperPrefix.isEmpty ? "" : ", behind \(wrapperPrefix)"
    var lines = ["\(file): \(loadedCount) tensors loaded (keys: \(naming)\(passedOver))"]
    func add(_ title: String, _ items: [String]) {
      guard !items.isEmpty else { return }
      let shown = items.prefix(10).map(\.printable).joined(separator: ", ")
      lines.append("  \(items.count) \(title): \(shown)\(items.count > 10 ? ", ..." : "")")
    }
    add("missing", missing)
    add("of the wrong shape", mismatched.map { "\($0.key) is \($0.found), needed \($0.expected)" })
    add("which give weights another meaning", companions)
    add("not used", unexpected)
    return lines.joined(separator: "\n")
  }
}
