import JSONText
import Platform
import TensorCore

/// A header that has passed every rule of the format.
///
/// The rules are those of the reference implementation, safetensors 0.8.0, with three differences: a tensor's
/// name may not occur twice (the format's text forbids it, the reference lets the last one win), canonically
/// equivalent names count as one, and `SafetensorsLimits` apply.
struct SafetensorsHeader {
  /// The tensors, in the order of their data.
  let tensors: [(name: String, info: TensorInfo)]
  let metadata: [String: String]

  private typealias Problem = CheckpointError.Problem

  /// What a tensor's description says, before offsets are known to fit the file.
  private struct Entry {
    let name: String
    let dtype: DType
    let shape: [UInt64]
    let begin: UInt64
    let end: UInt64
  }

  /// The length of the header, from the first eight bytes of a file.
  static func byteCount(
    lengthField: UInt64, fileByteCount: Int, limits: SafetensorsLimits
  ) throws(CheckpointError.Problem) -> Int {
    guard lengthField <= UInt64(max(0, limits.maximumHeaderByteCount)) else {
      throw .headerTooLarge(byteCount: lengthField, limit: limits.maximumHeaderByteCount)
    }
    guard lengthField <= UInt64(fileByteCount - 8) else {
      throw .headerBeyondFile(byteCount: lengthField, fileByteCount: fileByteCount)
    }
    return Int(lengthField)
  }

  /// Parses and validates the JSON part of a header.
  init(
    json: UnsafeRawBufferPointer, fileByteCount: Int, limits: SafetensorsLimits
  ) throws(CheckpointError.Problem) {
    let root: JSONValue
    do throws(JSONError) {
      root = try JSONValue(
        parsing: json,
        options: JSONParsingOptions(
          maximumByteCount: limits.maximumHeaderByteCount,
          maximumValueCount: limits.maximumHeaderValueCount))
    } catch {
      throw .headerNotJSON(error)
    }
    guard case .object(let object) = root else { throw .headerNotAnObject(found: root.summary) }

    var metadata: [String: String]?
    var entries: [Entry] = []
    var names = Set<String>(minimumCapacity: object.members.count)
    for member in object.members {
      if member.key == "__metadata__" {
        guard metadata == nil else { throw .invalidMetadata(reason: "it occurs twice") }
        metadata = try Self.metadata(member.value)
      } else {
        guard names.insert(member.key).inserted else { throw .duplicateTensor(key: member.key) }
        entries.append(try Self.entry(name: member.key, member.value, limits: limits))
      }
    }
    self.metadata = metadata ?? [:]
    entries.sort { ($0.begin, $0.end) < ($1.begin, $1.end) }
    tensors = try Self.placed(entries, headerEnd: 8 + json.count, fileByteCount: fileByteCount)
  }

  private static func metadata(_ value: JSONValue) throws(CheckpointError.Problem) -> [String: String] {
    switch value {
    case .null: return [:]
    case .object(let object):
      var result: [String: String] = [:]
      for member in object.members {
        guard case .string(let string) = member.value else {
          throw .invalidMetadata(
            reason: "\"\(member.key.printable)\" is \(member.value.summary), not a string")
        }
        result[member.key] = string
      }
      return result
    default: throw .invalidMetadata(reason: "\(value.summary) is no map of strings")
    }
  }

  private static func entry(
    name: String, _ value: JSONValue, limits: SafetensorsLimits
  ) throws(CheckpointError.Problem) -> Entry {
    let fields: (dtype: JSONValue, shape: JSONValue, offsets: JSONValue)
    switch value {
    case .object(let object):
      fields = (
        try field("dtype", of: object, name), try field("shape", of: object, name),
        try field("data_offsets", of: object, name)
      )
    case .array(let values) where values.count == 3:
      // The reference accepts the three fields as a list, and so files of that form exist.
      fields = (values[0], values[1], values[2])
    default:
      throw .invalidTensorInfo(key: name, field: "description", reason: "\(value.summary) is no description")
    }
    let dtype = try elementType(fields.dtype, name)
    guard let extents = fields.shape.arrayValue else {
      throw .invalidTensorInfo(key: name, field: "shape", reason: "\(fields.shape.summary) is no list")
    }
    guard extents.count <= limits.maximumDimensionCount else {
      throw .tooManyDimensions(key: name, count: extents.count, limit: limits.maximumDimensionCount)
    }
    var shape: [UInt64] = []
    shape.reserveCapacity(extents.count)
    for extent in extents { shape.append(try unsigned(extent, field: "shape", name)) }
    guard let offsets = fields.offsets.arrayValue, offsets.count == 2 else {
      throw .invalidTensorInfo(
        key: name, field: "data_offsets", reason: "\(fields.offsets.summary) where two integers are expected")
    }
    return Entry(
      name: name, dtype: dtype, shape: shape,
      begin: try unsigned(offsets[0], field: "data_offsets", name),
      end: try unsigned(offsets[1], field: "data_offsets", name))
  }

  private static func field(
    _ field: String, of object: JSONObject, _ name: String
  ) throws(CheckpointError.Problem) -> JSONValue {
    var found: JSONValue?
    for member in object.members where member.key == field {
      guard found == nil else { throw .invalidTensorInfo(key: name, field: field, reason: "it occurs twice") }
      found = member.value
    }
    guard let found else { throw .invalidTensorInfo(key: name, field: field, reason: "it is missing") }
    return found
  }

  private static func elementType(_ value: JSONValue, _ name: String) throws(CheckpointError.Problem)
    -> DType
  {
    var spelling = value.stringValue
    // The reference also takes its parser's long form of an enumeration, {"F32": null}.
    if case .object(let object) = value, object.members.count == 1, object.members[0].value == .null {
      spelling = object.members[0].key
    }
    guard let spelling else {
      throw .invalidTensorInfo(key: name, field: "dtype", reason: "\(value.summary) is no type's name")
    }
    guard let dtype = DType(safetensorsName: spelling) else { throw .unknownDType(key: name, name: spelling) }
    return dtype
  }

  private static func unsigned(
    _ value: JSONValue, field: String, _ name: String
  ) throws(CheckpointError.Problem) -> UInt64 {
    switch value {
    case .integer(let integer) where integer >= 0: return UInt64(integer)
    case .unsigned(let integer): return integer
    default:
      throw .invalidTensorInfo(
        key: name, field: field, reason: "\(value.summary) where an integer from 0 to 2^64-1 is expected")
    }
  }

  /// Checks that the sorted entries follow each other without gap and fill the file to its end.
  private static func placed(
    _ entries: [Entry], headerEnd: Int, fileByteCount: Int
  ) throws(CheckpointError.Problem) -> [(name: String, info: TensorInfo)] {
    var position: UInt64 = 0
    for entry in entries {
      guard entry.begin == position, entry.end >= entry.begin else {
        throw .invalidOffsets(key: entry.name, begin: entry.begin, end: entry.end, expectedBegin: position)
      }
      let needed = try byteCount(entry)
      guard entry.end - entry.begin == needed else {
        throw .sizeMismatch(key: entry.name, declared: entry.end - entry.begin, needed: needed)
      }
      position = entry.end
    }
    let (total, overflow) = position.addingReportingOverflow(UInt64(headerEnd))
    guard !overflow, total == UInt64(fileByteCount) else {
      throw .fileSizeMismatch(expected: overflow ? .max : total, found: fileByteCount)
    }
    // Every offset is at most the file's length now, and so fits in Int.
    return entries.map { entry in
      let range = (headerEnd + Int(entry.begin))..<(headerEnd + Int(entry.end))
      let shape = entry.shape.map { Int(clamping: $0) }
      return (entry.name, TensorInfo(dtype: entry.dtype, shape: shape, byteRange: range))
    }
  }

  private static func byteCount(_ entry: Entry) throws(CheckpointError.Problem) -> UInt64 {
    guard let bits = UInt64.product(entry.shape + [UInt64(entry.dtype.bitWidth)]) else {
      throw .sizeOverflow(key: entry.name, shape: entry.shape)
    }
    guard bits.isMultiple(of: 8) else { throw .partialByte(key: entry.name, bitCount: bits) }
    return bits / 8
  }
}
