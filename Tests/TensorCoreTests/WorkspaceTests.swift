import Testing

@testable import TensorCore

@Suite struct WorkspaceTests {
  @Test func callsInSequenceShareOneWorkspace() throws {
    let pool = WorkspacePool()
    var seen: [ObjectIdentifier] = []
    for call in 0..<6 {
      try pool.withWorkspace(capacity: 96 - 16 * call) { workspace in
        // All of it is there again, whatever the calls before took.
        _ = workspace.floats(96 - 16 * call)
        seen.append(ObjectIdentifier(workspace))
      }
    }
    #expect(Set(seen).count == 1)
  }

  @Test func callsAtTheSameTimeHaveOneEach() throws {
    let pool = WorkspacePool()
    var first: [ObjectIdentifier] = []
    for _ in 0..<3 {
      try pool.withWorkspace(capacity: 64) { outer in
        try pool.withWorkspace(capacity: 64) { inner in
          #expect(outer !== inner)
          first += [ObjectIdentifier(outer), ObjectIdentifier(inner)]
        }
      }
    }
    #expect(Set(first).count == 2)
  }

  /// One that is too small for a call makes room for the larger one, and that serves both kinds of call.
  @Test func theLargerOneStays() throws {
    let pool = WorkspacePool()
    try pool.withWorkspace(capacity: 64) { _ in }
    let large = try pool.withWorkspace(capacity: 640) { ObjectIdentifier($0) }
    let small = try pool.withWorkspace(capacity: 64) { workspace in
      #expect(workspace.capacity == 640)
      return ObjectIdentifier(workspace)
    }
    #expect(large == small)
  }
}
