import Platform

/// Workspaces that wait for the next call: a few, and none that an unusual call blew up.
package final class WorkspacePool: Sendable {
  private static let mostIdle = 4
  /// In floats; 256 MB.
  private static let largestIdle = 1 << 26
  private let idle = Locked<[Workspace]>([])

  package init() {}

  /// Calls `body` with a workspace of at least `capacity` floats.
  ///
  /// - Throws: `TensorError.outOfMemory`, or what `body` throws.
  package func withWorkspace<R>(capacity: Int, _ body: (Workspace) throws -> R) throws -> R {
    let waiting = idle.withLock { $0.popLast() }
    let workspace =
      if let waiting, waiting.capacity >= capacity { waiting } else { try Workspace(capacity: capacity) }
    defer {
      if workspace.capacity <= Self.largestIdle {
        idle.withLock { if $0.count < Self.mostIdle { $0.append(workspace) } }
      }
    }
    return try body(workspace.recycled())
  }
}
