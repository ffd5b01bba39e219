#if PostgreSQL
  /// A few connections; callers beyond them wait in their order.
  actor PostgreSQLPool {
    private let all: [PostgreSQLConnection]
    private var idle: [PostgreSQLConnection]
    private var waiting: [CheckedContinuation<PostgreSQLConnection, Never>] = []

    init(_ options: String, connections: Int) {
      all = (0..<max(1, connections)).map { _ in PostgreSQLConnection(options) }
      idle = all
    }

    func run<Value: Sendable>(
      _ body: @escaping @Sendable (PostgreSQLSession) throws -> Value
    ) async throws -> Value {
      let connection =
        if let connection = idle.popLast() { connection } else {
          await withCheckedContinuation { waiting.append($0) }
        }
      defer {
        if waiting.isEmpty {
          idle.append(connection)
        } else {
          waiting.removeFirst().resume(returning: connection)
        }
      }
      return try await connection.run(body)
    }

    func close() async { for connection in all { await connection.close() } }
  }
#endif
