#if PostgreSQL
  internal import CPQ
  import Dispatch
  import Foundation

  /// A connection to PostgreSQL, with a thread of its own: a blocking call takes a third of the time of one that waits for the
  /// socket. Every statement is sent with its parameters (`PQexecParams`) and none is prepared, so that poolers that hand a
  /// connection to another client after each transaction work too.
  final class PostgreSQLConnection: @unchecked Sendable {
    // Only ever touched on `queue`.
    private var connection: OpaquePointer?
    private let options: String
    private let queue = DispatchQueue(label: "aiguard.postgresql")

    /// - Parameter options: As libpq takes them: `host=... dbname=... sslmode=verify-full`, or a URL.
    init(_ options: String) { self.options = options }

    deinit { PQfinish(connection) }

    /// Runs `body` on the connection's thread, connecting first where there is no connection or it was lost.
    ///
    /// - Throws: `ResultStoreError.unavailable`, or what `body` throws.
    func run<Value: Sendable>(
      _ body: @escaping @Sendable (PostgreSQLSession) throws -> Value
    ) async throws -> Value {
      try await withCheckedThrowingContinuation { continuation in
        queue.async {
          continuation.resume(with: Result { try body(PostgreSQLSession(connection: try self.connected())) })
        }
      }
    }

    func close() async {
      await withCheckedContinuation { continuation in
        queue.async {
          PQfinish(self.connection)
          self.connection = nil
          continuation.resume()
        }
      }
    }

    private func connected() throws(ResultStoreError) -> OpaquePointer {
      // What the server said meanwhile, as that it ends, shows before anything is asked of it.
      if let connection, PQconsumeInput(connection) == 1, PQstatus(connection) == CONNECTION_OK {
        return connection
      }
      PQfinish(connection)
      connection = PQconnectdb(options)
      guard let connection else { throw .unavailable("no memory for a connection") }
      guard PQstatus(connection) == CONNECTION_OK else {
        let message = String(cString: PQerrorMessage(connection)).trimmingCharacters(
          in: .whitespacesAndNewlines)
        PQfinish(connection)
        self.connection = nil
        throw .unavailable(message)
      }
      return connection
    }
  }

  /// A connection while it is in use, on its thread.
  struct PostgreSQLSession {
    fileprivate let connection: OpaquePointer

    /// Runs a statement.
    ///
    /// - Throws: `ResultStoreError.unavailable`.
    @discardableResult
    func execute(_ statement: String, _ values: [PostgreSQLValue] = []) throws(ResultStoreError)
      -> PostgreSQLRows
    {
      let texts = values.map { $0.text.map { strdup($0) } }
      defer { for case let text? in texts { free(text) } }
      let result = PQexecParams(
        connection, statement, Int32(texts.count), nil, texts.map { $0.map { UnsafePointer($0) } ?? nil },
        nil, nil, 0)
      let status = PQresultStatus(result)
      guard let result, status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK else {
        defer { PQclear(result) }
        let message = String(cString: PQerrorMessage(connection)).trimmingCharacters(
          in: .whitespacesAndNewlines)
        throw .unavailable(message)
      }
      return PostgreSQLRows(result)
    }

    /// Runs statements that hold together or not at all.
    func transaction<Value>(_ body: () throws -> Value) throws -> Value {
      try execute("BEGIN")
      do {
        let value = try body()
        try execute("COMMIT")
        return value
      } catch {
        // The first failure is the one to tell; a lost connection has rolled back by itself.
        _ = try? execute("ROLLBACK")
        throw error
      }
    }
  }

  /// A parameter, in PostgreSQL's text form.
  struct PostgreSQLValue: Sendable {
    let text: String?

    init(_ text: String?) { self.text = text }
    init(_ number: Int64?) { text = number.map { "\($0)" } }
    init(_ number: Double?) { text = number.map { "\($0)" } }
    init(_ data: Data?) { text = data.map { "\\x" + Hexadecimal.text($0) } }
    init(_ date: Date?) { self.init(date?.milliseconds) }
  }

  /// What a statement gave.
  final class PostgreSQLRows {
    private let result: OpaquePointer

    init(_ result: OpaquePointer) { self.result = result }

    deinit { PQclear(result) }

    var count: Int { Int(PQntuples(result)) }

    /// How many rows a statement changed.
    var changedCount: Int { Int(String(cString: PQcmdTuples(result))) ?? 0 }

    func text(_ row: Int, _ name: String) -> String? {
      let column = PQfnumber(result, name)
      guard column >= 0, PQgetisnull(result, Int32(row), column) == 0 else { return nil }
      return String(cString: PQgetvalue(result, Int32(row), column))
    }

    /// - Throws: `ResultStoreError.corrupt` where there is none.
    func required<Value>(
      _ row: Int, _ name: String, _ value: (String) -> Value?
    ) throws(ResultStoreError) -> Value {
      guard let text = text(row, name), let value = value(text) else { throw .corrupt("the column \(name)") }
      return value
    }

    static func bytes(_ text: String) -> Data? {
      text.hasPrefix("\\x") ? Hexadecimal.data(text.dropFirst(2)) : nil
    }

    static func date(_ text: String) -> Date? { Int64(text).map(Date.init(milliseconds:)) }
  }
#endif
