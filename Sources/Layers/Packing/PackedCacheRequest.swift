import Checkpoint
import Platform
import TensorCore

/// A wish to load packed weights from a cache: which weights, and for which version of the library.
package struct PackedCacheRequest: Sendable {
  /// The SHA-256 of the weights file, in lower-case hexadecimal.
  package let sha256: String
  private let cache: PackedCache
  private let version: String
  private let weights: ModelWeights
  private let problems: [PackedCacheProblem]

  /// Finds out which weights these are: from the cache, where it remembers the files, else by hashing them.
  ///
  /// - Throws: `FileError`, `DigestError`.
  package init(_ cache: PackedCache, weights: ModelWeights, version: String) throws {
    self.cache = cache
    self.weights = weights
    self.version = version
    (sha256, problems) = try cache.sha256(of: weights)
  }

  /// Fills the arena: with what the cache has, else by packing, and then the cache gets the result.
  ///
  /// - Parameters:
  ///   - matrices: What lies in the arena.
  ///   - pack: Allocates the arena and fills it.
  /// - Throws: What `pack` throws. Whatever is wrong with the cache stands in the report.
  package func fill(
    _ arena: PackedArena, matrices: [PackedMatrix], kernels: Kernels, precision: Precision,
    _ budget: ComputeBudget, pack: () throws -> Void
  ) throws -> PackedCacheReport {
    var problems = problems
    func note(_ problem: PackedCacheProblem) {
      // What is wrong with the folder shows in all that is done with it.
      if problems.last != problem { problems.append(problem) }
    }
    let file = try PackedCacheFile(
      cache, sha256: sha256, version: version, kernels: kernels, precision: precision, matrices: matrices)
    do throws(PackedCacheProblem) {
      if try file.fill(arena, budget) { return PackedCacheReport(outcome: .used, problems: problems) }
    } catch {
      note(error)
    }
    try pack()
    do throws(PackedCacheProblem) {
      try weights.checkUnchanged()
      try file.write(arena, budget)
      return PackedCacheReport(outcome: .written, problems: problems)
    } catch {
      note(error)
      return PackedCacheReport(outcome: .unavailable, problems: problems)
    }
  }
}

extension ModelWeights {
  /// Throws where a file has been modified since it was opened.
  fileprivate func checkUnchanged() throws(PackedCacheProblem) {
    let modified: String?
    do throws(FileError) { modified = try modifiedFile() } catch { throw .file(error) }
    if let modified { throw .weightsChanged(path: modified) }
  }
}
