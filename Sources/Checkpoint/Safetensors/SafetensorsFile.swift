import Platform
import TensorCore

/// A safetensors file: its header validated in full, its tensors read when they are asked for.
///
/// Follows the reference implementation, safetensors 0.8.0, except that it also refuses a header that
/// describes one name twice, and that `SafetensorsLimits` bound the work. Opening reads the header only;
/// nothing is allocated before the sizes that the file declares are checked against its real size.
///
/// Safe to use from any number of tasks at once.
public final class SafetensorsFile: Sendable {
  /// How the bytes of a file on disk reach memory.
  public enum Access: Sendable {
    /// Each tensor is read from the descriptor straight into its own memory, in large blocks. A file that
    /// somebody cuts meanwhile gives a typed error.
    case read
    /// The file is mapped, and each tensor is copied out of the mapping into its own memory: for file systems
    /// that bring pages in more cheaply than they answer reads. A file that somebody cuts meanwhile gives a
    /// typed error here too, never a signal. Where the system has no safe copy, the file is read.
    case mapped
  }

  /// The path, or a name for the memory that the file was read from.
  public let path: String
  /// The length of the whole file in bytes.
  public let byteCount: Int
  /// Each tensor's element type, shape and place, by name.
  public let tensors: [String: TensorInfo]
  /// The tensors' names, in the order in which their data lie in the file.
  public let names: [String]
  /// The strings under `__metadata__`; empty where there are none.
  public let metadata: [String: String]
  /// What this file may make the reader do.
  public let limits: SafetensorsLimits

  let bytes: ByteSource

  /// Opens a file.
  ///
  /// - Throws: `CheckpointError`.
  public convenience init(
    contentsOf path: String, access: Access = .read, limits: SafetensorsLimits = SafetensorsLimits()
  ) throws(CheckpointError) {
    let source: ByteSource
    do throws(FileError) {
      let file = try InputFile(path: path)
      switch access {
      case .read: source = .file(file)
      case .mapped: source = .mapped(try MappedFile(file))
      }
    } catch {
      throw CheckpointError(file: path, problem: .unreadable(error))
    }
    try self.init(source, name: path, limits: limits)
  }

  /// Reads a file that is in memory already. Tensors are copied out of it.
  ///
  /// - Parameters:
  ///   - bytes: The whole file.
  ///   - name: What error messages call it.
  ///   - limits: What its header may ask for.
  /// - Throws: `CheckpointError`.
  public convenience init(
    bytes: [UInt8], name: String = "(memory)", limits: SafetensorsLimits = SafetensorsLimits()
  ) throws(CheckpointError) {
    try self.init(.array(bytes), name: name, limits: limits)
  }

  /// Reads a file in memory that must live as long as the process and never change, as embedded weights do: nothing checks
  /// that it does.
  /// Aligned tensors of type F32 are views of it.
  ///
  /// - Parameters:
  ///   - bytes: The whole file.
  ///   - name: What error messages call it.
  ///   - limits: What its header may ask for.
  /// - Throws: `CheckpointError`.
  public convenience init(
    unsafeStaticBytes bytes: UnsafeRawBufferPointer, name: String = "(embedded)",
    limits: SafetensorsLimits = SafetensorsLimits()
  ) throws(CheckpointError) {
    try self.init(.memory(StaticMemory(bytes)), name: name, limits: limits)
  }

  /// The former name of `init(unsafeStaticBytes:name:limits:)`.
  @available(*, deprecated, renamed: "init(unsafeStaticBytes:name:limits:)")
  public convenience init(
    staticBytes bytes: UnsafeRawBufferPointer, name: String = "(embedded)",
    limits: SafetensorsLimits = SafetensorsLimits()
  ) throws(CheckpointError) {
    try self.init(unsafeStaticBytes: bytes, name: name, limits: limits)
  }

  private init(_ source: ByteSource, name: String, limits: SafetensorsLimits) throws(CheckpointError) {
    path = name
    bytes = source
    byteCount = source.byteCount
    self.limits = limits
    do throws(CheckpointError.Problem) {
      let header = try Self.header(of: source, limits: limits)
      metadata = header.metadata
      names = header.tensors.map(\.name)
      // Names are unique: the header has refused duplicates.
      tensors = Dictionary(header.tensors.map { ($0.name, $0.info) }, uniquingKeysWith: { first, _ in first })
    } catch {
      if let standIn = FileStandIn(source) { throw CheckpointError(file: name, problem: .standIn(standIn)) }
      throw CheckpointError(file: name, problem: error)
    }
  }

  private static func header(
    of source: ByteSource, limits: SafetensorsLimits
  ) throws(CheckpointError.Problem) -> SafetensorsHeader {
    let fileByteCount = source.byteCount
    guard fileByteCount >= 8 else { throw .fileTooShort(byteCount: fileByteCount) }
    let lengthField = try reading { () throws(FileError) in
      try source.withBytes(at: 0..<8) { $0.littleEndianInteger }
    }
    let length = try SafetensorsHeader.byteCount(
      lengthField: lengthField, fileByteCount: fileByteCount, limits: limits)
    return try reading { () throws(FileError) in
      try source.withBytes(at: 8..<(8 + length)) { json in
        Result { () throws(CheckpointError.Problem) in
          try SafetensorsHeader(json: json, fileByteCount: fileByteCount, limits: limits)
        }
      }
    }.get()
  }

  /// Runs `body` and makes its error one of this format.
  private static func reading<Result>(
    _ body: () throws(FileError) -> Result
  ) throws(CheckpointError.Problem) -> Result {
    do throws(FileError) { return try body() } catch { throw .unreadable(error) }
  }
}
