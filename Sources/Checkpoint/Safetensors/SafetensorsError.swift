import JSONText
import Platform
import TensorCore

/// What is wrong with a safetensors file, or with a request for one of its tensors.
public struct SafetensorsError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The path of the file, or a name for the memory it was read from.
  public let file: String
  /// What is wrong, with the tensor's key, offsets and sizes.
  public let problem: Problem

  /// The kinds of problems.
  public enum Problem: Error, Sendable, Equatable {
    /// The operating system could not read the file, or it was cut meanwhile.
    case unreadable(FileError)
    /// Something else is in the file's place.
    case standIn(FileStandIn)
    /// There are not even the eight bytes of the header's length.
    case fileTooShort(byteCount: Int)
    /// The header's declared length is above the limit.
    case headerTooLarge(byteCount: UInt64, limit: Int)
    /// The header's declared length is more than the file holds.
    case headerBeyondFile(byteCount: UInt64, fileByteCount: Int)
    /// The header is not JSON; offsets count from the header's first byte.
    case invalidJSON(JSONError)
    /// The header is JSON, but no object.
    case headerNotAnObject(found: String)
    /// `__metadata__` occurs twice, or is neither null nor a map of strings.
    case invalidMetadata(reason: String)
    /// A tensor's name occurs twice; spellings that are canonically equivalent in Unicode count as one name.
    case duplicateTensor(key: String)
    /// A tensor's description lacks a field, has one twice, or has one of the wrong type.
    case invalidTensorInfo(key: String, field: String, reason: String)
    /// The element type has no such name (they are case-sensitive).
    case unknownDType(key: String, name: String)
    /// The tensor has more axes than the limit allows.
    case tooManyDimensions(key: String, count: Int, limit: Int)
    /// The number of elements or of bits does not fit in 64 bits.
    case sizeOverflow(key: String, shape: [UInt64])
    /// The packed elements do not fill whole bytes.
    case partialByte(key: String, bitCount: UInt64)
    /// The data do not begin where the tensor before ends: a hole, an overlap, or an end before the begin.
    case invalidOffsets(key: String, begin: UInt64, end: UInt64, expectedBegin: UInt64)
    /// The data are not as long as shape and element type say.
    case sizeMismatch(key: String, declared: UInt64, needed: UInt64)
    /// The file is longer or shorter than header and tensors together.
    case fileSizeMismatch(expected: UInt64, found: Int)
    /// The file has no tensor of this name.
    case noSuchTensor(key: String)
    /// The element type cannot be read as `Float`.
    case unsupportedDType(key: String, dtype: DType)
    /// The rows asked for are outside the tensor, or it is a scalar.
    case rowsOutOfRange(key: String, rows: Range<Int>, shape: [Int])
    /// The tensor's extents are too large for memory, or above the limit for one tensor.
    case tensorTooLarge(key: String, shape: [Int], limit: Int)
    /// The system gave no memory for the tensor's elements.
    case outOfMemory(key: String, byteCount: Int)
  }

  /// Makes an error.
  public init(file: String, problem: Problem) {
    self.file = file
    self.problem = problem
  }

  /// The problem's name without its details, for machine-readable reports.
  public var kind: String { problem.name }

  /// One line for a person: file, tensor, and what is wrong.
  public var description: String {
    if case .unreadable(let error) = problem { return error.description }
    return "\(file): \(problem.explanation)"
  }
}

extension SafetensorsError.Problem {
  fileprivate var name: String {
    switch self {
    case .unreadable: "unreadable"
    case .standIn(let standIn): standIn.kind
    case .fileTooShort: "fileTooShort"
    case .headerTooLarge: "headerTooLarge"
    case .headerBeyondFile: "headerBeyondFile"
    case .invalidJSON: "invalidJSON"
    case .headerNotAnObject: "headerNotAnObject"
    case .invalidMetadata: "invalidMetadata"
    case .duplicateTensor: "duplicateTensor"
    case .invalidTensorInfo: "invalidTensorInfo"
    case .unknownDType: "unknownDType"
    case .tooManyDimensions: "tooManyDimensions"
    case .sizeOverflow: "sizeOverflow"
    case .partialByte: "partialByte"
    case .invalidOffsets: "invalidOffsets"
    case .sizeMismatch: "sizeMismatch"
    case .fileSizeMismatch: "fileSizeMismatch"
    case .noSuchTensor: "noSuchTensor"
    case .unsupportedDType: "unsupportedDType"
    case .rowsOutOfRange: "rowsOutOfRange"
    case .tensorTooLarge: "tensorTooLarge"
    case .outOfMemory: "outOfMemory"
    }
  }

  fileprivate var explanation: String {
    switch self {
    case .unreadable(let error): "\(error)"
    case .standIn(let standIn): "\(standIn)"
    case .fileTooShort(let byteCount):
      "\(byteCount) bytes are no safetensors file, which begins with an 8-byte length"
    case .headerTooLarge(let byteCount, let limit):
      "a header of \(byteCount) bytes is above the limit of \(limit)"
    case .headerBeyondFile(let byteCount, let fileByteCount):
      "a header of \(byteCount) bytes does not fit in a file of \(fileByteCount): cut, or not safetensors"
    case .invalidJSON(let error): "header: \(error)"
    case .headerNotAnObject(let found): "the header is \(found), not an object"
    case .invalidMetadata(let reason): "__metadata__: \(reason)"
    case .duplicateTensor(let key): "tensor \"\(key.printable)\" is described twice"
    case .invalidTensorInfo(let key, let field, let reason):
      "tensor \"\(key.printable)\": \(field): \(reason)"
    case .unknownDType(let key, let name):
      "tensor \"\(key.printable)\": unknown element type \"\(name.printable)\""
    case .tooManyDimensions(let key, let count, let limit):
      "tensor \"\(key.printable)\": \(count) axes are above the limit of \(limit)"
    case .sizeOverflow(let key, let shape):
      "tensor \"\(key.printable)\": the size of shape \("\(shape)".printable) overflows 64 bits"
    case .partialByte(let key, let bitCount):
      "tensor \"\(key.printable)\": \(bitCount) bits do not fill whole bytes"
    case .invalidOffsets(let key, let begin, let end, let expectedBegin):
      "tensor \"\(key.printable)\": data_offsets [\(begin), \(end)] where a begin of \(expectedBegin) is expected"
    case .sizeMismatch(let key, let declared, let needed):
      "tensor \"\(key.printable)\": data_offsets span \(declared) bytes, shape and type need \(needed)"
    case .fileSizeMismatch(let expected, let found):
      "header and tensors make \(expected) bytes, the file has \(found)"
    case .noSuchTensor(let key): "no tensor \"\(key.printable)\""
    case .unsupportedDType(let key, let dtype):
      "tensor \"\(key.printable)\": elements of type \(dtype.rawValue) cannot be read as float32"
    case .rowsOutOfRange(let key, let rows, let shape):
      "tensor \"\(key.printable)\": rows \(rows) are outside shape \("\(shape)".printable)"
    case .tensorTooLarge(let key, let shape, let limit):
      "tensor \"\(key.printable)\": shape \("\(shape)".printable) takes more than \(limit) bytes as float32"
    case .outOfMemory(let key, let byteCount):
      "tensor \"\(key.printable)\": no memory for \(byteCount) bytes"
    }
  }
}
