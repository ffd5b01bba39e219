import ImageProcessor
import Platform

/// Reading of an encoded image within the limits, from a file or a pipe. `classify(fileAt:)` and `decode(fileAt:)` read so;
/// it is for those who want the bytes more than once.
public enum ImageFile {
  /// All bytes of a file, or of what a pipe delivers.
  ///
  /// - Parameters:
  ///   - path: The file's path.
  ///   - limits: `encodedBytes` counts.
  /// - Throws: `FileError`, for a folder too; `ImageError.limitExceeded` before memory for more than
  ///   `limits.encodedBytes`, and the one byte that shows it, is taken; `ImageError.outOfMemory`.
  public static func read(_ path: String, limits: DecodeLimits) throws -> [UInt8] {
    try bytes(limits) { limit throws(FileError) in try FileContents.read(path, limit: limit) }
  }

  /// All bytes of standard input.
  ///
  /// - Throws: As `read(_:limits:)`.
  public static func standardInput(limits: DecodeLimits) throws -> [UInt8] {
    try bytes(limits, FileContents.standardInput)
  }

  private static func bytes(
    _ limits: DecodeLimits, _ read: (_ limit: Int) throws(FileError) -> [UInt8]
  ) throws -> [UInt8] {
    do throws(FileError) {
      return try read(limits.encodedBytes)
    } catch {
      // About what any caller of these bytes could have been told, file or not.
      switch error.reason {
      case .tooLarge(let byteCount, _): try limits.check(encodedBytes: byteCount)
      case .outOfMemory(let byteCount): throw ImageError.outOfMemory(bytes: byteCount)
      default: break
      }
      throw error
    }
  }
}
