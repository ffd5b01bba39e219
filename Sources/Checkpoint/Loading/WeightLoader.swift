import Platform
import TensorCore

/// Hands a model its tensors by key path, and keeps account of what was wrong.
///
/// A scope is a step of the key path, so that modules load as they are nested:
/// `loader.scoped("vit").scoped("encoder").scoped("layer").scoped("0")`. Names are those that `transformers`
/// writes to disk; files of other families are read through `KeyNaming`. A missing or misshapen tensor does
/// not stop the loading: a placeholder takes its place, and `finish()` reports all problems at once.
///
/// All scopes of a loader share one account. They may be used from several tasks at once.
public struct WeightLoader: Sendable {
  /// Where the tensors come from.
  public let source: any TensorSource
  /// How the source spells its keys.
  public let naming: KeyNaming
  /// The key path so far, without a dot at the end; empty at the root.
  public let path: String
  private let account: LoadAccount

  /// A loader at the root of `source`, whose spelling of keys is found out from its names.
  ///
  /// - Parameters:
  ///   - expected: How a source spells its keys whose names do not tell.
  ///   - families: The spellings that there are.
  package init(_ source: any TensorSource, expected: KeyNaming, families: [KeyFamily]) {
    self.source = source
    naming = KeyNaming(detectingIn: source.names, expected: expected, families: families)
    path = ""
    account = LoadAccount()
  }

  private init(parent: WeightLoader, path: String) {
    source = parent.source
    naming = parent.naming
    account = parent.account
    self.path = path
  }

  /// A loader one step down the key path. `name` may itself hold dots.
  public func scoped(_ name: String) -> WeightLoader { WeightLoader(parent: self, path: key(name)) }

  /// Whether the source has the tensor.
  public func contains(_ name: String) -> Bool { located(name).found != nil }

  /// The tensor `name` of this scope as `Float`.
  ///
  /// - Parameters:
  ///   - name: The rest of the key path, such as `query.weight`.
  ///   - shape: The shape that the model needs.
  /// - Returns: The tensor; zeros of `shape`, which take no memory, where it is missing or misshapen.
  /// - Throws: What reading throws, and `TensorError.invalidShape` for a shape that cannot be.
  public func tensor(_ name: String, shape: [Int]) throws -> Tensor {
    if let tensor = try tensorIfPresent(name, shape: shape) { return tensor }
    account.missing(located(name).expected)
    return try Tensor(repeating: 0, shape: shape)
  }

  /// The tensor `name` of this scope, `nil` where the source does not have it, which is no problem then.
  ///
  /// - Returns: As `tensor(_:shape:)` where the source has it.
  public func tensorIfPresent(_ name: String, shape: [Int]) throws -> Tensor? {
    switch try search(name, shape: shape) {
    case .missing: return nil
    case .mismatched: return try Tensor(repeating: 0, shape: shape)
    case .found(let key, let rows):
      guard let rows else { return try source.read(key) }
      return try source.read(key, rows: rows)
    }
  }

  /// The tensor `name` of this scope, to be read later and piece by piece; nothing of it is read now.
  ///
  /// - Parameter shape: The shape that the model needs, of at least one axis.
  /// - Returns: `nil` where it is missing or misshapen, which `finish()` then reports.
  /// - Throws: `TensorError.invalidShape` for a shape that cannot be.
  package func rows(of name: String, shape: [Int]) throws -> TensorRows? {
    switch try search(name, shape: shape) {
    case .missing:
      account.missing(located(name).expected)
      return nil
    case .mismatched: return nil
    case .found(let key, let rows):
      return TensorRows(source: source, key: key, range: rows ?? 0..<(shape.first ?? 0))
    }
  }

  /// What the source has of a tensor that a model needs.
  private enum Finding {
    case missing
    case mismatched
    /// With the rows that are meant, where they are not all.
    case found(key: String, rows: Range<Int>?)
  }

  /// Looks for a tensor and enters in the account what was found, unless that is nothing.
  private func search(_ name: String, shape: [Int]) throws -> Finding {
    account.asked(key(name))
    let (_, foundKey, part) = located(name)
    guard let foundKey, let foundShape = source.shape(of: foundKey) else { return .missing }
    var neededShape = shape
    if let part, let rowCount = shape.first {
      let (product, overflow) = rowCount.multipliedReportingOverflow(by: part.count)
      guard rowCount >= 0, !overflow else { throw TensorError.invalidShape(shape) }
      neededShape[0] = product
    }
    guard foundShape == neededShape else {
      account.mismatched(.init(key: foundKey, expected: neededShape, found: foundShape))
      return .mismatched
    }
    var rows: Range<Int>?
    if let part, let rowCount = shape.first {
      rows = (part.index * rowCount)..<((part.index + 1) * rowCount)
    }
    account.loaded(.init(canonical: key(name), key: foundKey, rows: rows))
    return .found(key: foundKey, rows: rows)
  }

  /// Ends the loading.
  ///
  /// - Returns: What was loaded and what was not used.
  /// - Throws: `LoadError` with the same report where something is missing or misshapen.
  @discardableResult
  public func finish() throws(LoadError) -> LoadReport {
    let report = account.report(source: source, naming: naming)
    guard report.isComplete else { throw LoadError(report: report) }
    return report
  }

  private func key(_ name: String) -> String { path.isEmpty ? name : path + "." + name }

  /// The key under which the source has the tensor, the one it should have it under, and the part of it.
  private func located(_ name: String) -> (expected: String, found: String?, part: RowPart?) {
    let location = naming.location(of: key(name))
    let found = location.candidates.first { source.shape(of: $0) != nil }
    return (location.candidates.first ?? key(name), found, location.part)
  }
}

/// Rows of a tensor that a loader has found and not read.
package struct TensorRows: Sendable {
  private let source: any TensorSource
  private let key: String
  private let range: Range<Int>

  init(source: any TensorSource, key: String, range: Range<Int>) {
    self.source = source
    self.key = key
    self.range = range
  }

  /// Writes some of these rows into memory that holds exactly them. From any number of threads at once.
  ///
  /// - Parameter rows: Counted from the first of these rows.
  package func read(_ rows: Range<Int>, into elements: UnsafeMutableBufferPointer<Float>) throws {
    let start = range.lowerBound
    try source.read(key, rows: (start + rows.lowerBound)..<(start + rows.upperBound), into: elements)
  }
}

/// What all scopes of a loader have asked for so far.
private final class LoadAccount: Sendable {
  private struct State {
    var loaded = Once<LoadReport.TensorUse>()
    var asked = Once<String>()
    var missing = Once<String>()
    var mismatched = Once<LoadReport.Mismatch>()
  }

  /// Values in the order in which they came first. A configuration may name millions of tensors that no file
  /// has, so none is looked for by walking the list.
  private struct Once<Element: Hashable> {
    private(set) var inOrder: [Element] = []
    private var seen = Set<Element>()

    mutating func append(_ element: Element) {
      if seen.insert(element).inserted { inOrder.append(element) }
    }
  }

  private let state = Locked(State())

  func loaded(_ use: LoadReport.TensorUse) { state.withLock { $0.loaded.append(use) } }

  func asked(_ name: String) { state.withLock { $0.asked.append(name) } }

  func missing(_ key: String) {
    // Three requests can stand for one fused tensor.
    state.withLock { $0.missing.append(key) }
  }

  func mismatched(_ mismatch: LoadReport.Mismatch) {
    state.withLock { $0.mismatched.append(mismatch) }
  }

  func report(source: any TensorSource, naming: KeyNaming) -> LoadReport {
    state.withLock { state in
      let wrong = Set(state.mismatched.inOrder.map(\.key))
      let loaded = Set(state.loaded.inOrder.map(\.key))
      let unexpected = source.names.filter { !loaded.contains($0) && !wrong.contains($0) }
      let companions =
        UnexpectedKeys.companions(in: unexpected, of: loaded.union(wrong).union(state.missing.inOrder))
        + naming.family.spelling.strangers(in: unexpected, prefix: naming.prefix)
      let others = Set(companions)
      return LoadReport(
        file: source.path, naming: naming, missing: state.missing.inOrder,
        unexpected: unexpected.filter { !others.contains($0) }, mismatched: state.mismatched.inOrder,
        companions: companions,
        foreignPrefix: UnexpectedKeys.prefix(of: unexpected, hiding: state.missing.inOrder, naming),
        wrapperPrefix: (source as? ModelWeights)?.wrapperPrefix ?? "",
        loadedCount: loaded.count, uses: state.loaded.inOrder, asked: state.asked.inOrder)
    }
  }
}
