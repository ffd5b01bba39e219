import Platform

/// What became of the packed cache when a model was loaded.
public struct PackedCacheReport: Sendable, Equatable, CustomStringConvertible {
  /// Where the packed weights came from, and whether the next start will find them.
  public enum Outcome: String, Sendable, CaseIterable {
    /// No cache was asked for.
    case off
    /// The packed weights are those of the cache.
    case used
    /// The weights were packed, and the cache has them now.
    case written
    /// The weights were packed, and could not be kept: `problems` says why.
    case unavailable
  }

  /// How it ended. The model is the same, bit for bit, in every case.
  public let outcome: Outcome
  /// All that went wrong with the cache's files, in order: why one that was there was not used, why one could
  /// not be written.
  public let problems: [PackedCacheProblem]

  /// Makes a report.
  public init(outcome: Outcome, problems: [PackedCacheProblem] = []) {
    self.outcome = outcome
    self.problems = problems
  }

  /// No cache was asked for.
  public static let off = PackedCacheReport(outcome: .off)

  /// The outcome, and each problem behind it.
  public var description: String {
    outcome.rawValue + problems.map { "; \($0)" }.joined()
  }
}

/// Why a file of a packed cache was not used, or could not be written.
public enum PackedCacheProblem: Error, Sendable, Equatable, CustomStringConvertible {
  /// There is no folder to keep anything in: neither `XDG_CACHE_HOME` nor `HOME` names one.
  case noFolder
  /// The system refused.
  case file(FileError)
  /// Another user owns the file or could have written it.
  case notPrivate(path: String)
  /// The file is not what was written.
  case damaged(path: String, part: Part)
  /// The file's packed weights are of another model, kernel level, precision or version than its name says.
  case mismatched(path: String)
  /// The weights were modified while they were being loaded, so that nothing was kept of them.
  case weightsChanged(path: String)

  /// A part of a file.
  public enum Part: Sendable, Equatable {
    /// The whole, which has another length than it must have.
    case length(expected: Int, found: Int)
    /// The description of what the file holds.
    case header
    /// The packed weights.
    case weights
    /// The hash of a weights file.
    case hash
  }

  /// One line for a person: the file, and what is wrong.
  public var description: String {
    switch self {
    case .noFolder: "no cache folder: neither XDG_CACHE_HOME nor HOME is an absolute path"
    case .file(let error): "\(error)"
    case .notPrivate(let path): "\(path): another user could have written this file"
    case .damaged(let path, .length(let expected, let found)):
      "\(path): damaged: \(found) bytes where there must be \(expected)"
    case .damaged(let path, .header): "\(path): damaged: the header is not what was written"
    case .damaged(let path, .weights): "\(path): damaged: the weights are not what was written"
    case .damaged(let path, .hash): "\(path): damaged: the hash is not what was written"
    case .mismatched(let path):
      "\(path): holds weights of another model, kernel level, precision or version"
    case .weightsChanged(let path): "\(path): modified while it was loaded; nothing was kept of it"
    }
  }
}
