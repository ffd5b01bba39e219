import Checkpoint
import Foundation
import Platform
import TestSupport
import Testing

@testable import TensorCore

@Suite struct SafetensorsFileTests {
  /// 3x2 F32 with the values 0 to 5, 3 F16, and F32 values at an odd offset.
  private static let content: [UInt8] = {
    let header =
      #"{"a":{"dtype":"F32","shape":[3,2],"data_offsets":[0,24]},"#
      + #""h":{"dtype":"F16","shape":[3],"data_offsets":[24,30]},"#
      + #""u":{"dtype":"U8","shape":[],"data_offsets":[30,31]},"#
      + #""m":{"dtype":"F32","shape":[2],"data_offsets":[31,39]}}"#
    let padded = header + String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)
    func bytes(_ values: [Float]) -> [UInt8] {
      values.flatMap { value in (0..<4).map { UInt8(value.bitPattern >> ($0 * 8) & 0xFF) } }
    }
    return safetensors(
      padded, bytes([0, 1, 2, 3, 4, 5]) + [0, 0x3C, 0, 0xC0, 1, 0] + [7] + bytes([-1.5, 0x1p-140]))
  }()

  private func problem<Result>(_ body: () throws -> Result) -> CheckpointError.Problem? {
    do {
      _ = try body()
      return nil
    } catch {
      return (error as? CheckpointError)?.problem
    }
  }

  @Test(arguments: Route.allCases)
  func tensorsAreReadWhateverTheirTypeAndAlignment(_ route: Route) throws {
    let folder = try TemporaryFolder()
    let file = try route.open(try folder.write(Self.content, to: "a.safetensors"), Self.content)
    #expect(file.names == ["a", "h", "u", "m"])
    #expect(try file.tensor("a").elements == [0, 1, 2, 3, 4, 5])
    #expect(try file.tensor("a").shape == [3, 2])
    #expect(try file.tensor("h").elements == [1, -2, 0x1p-24])
    #expect(try file.tensor("u").elements == [7])
    #expect(try file.tensor("u").shape == [])
    #expect(try file.tensor("m").elements == [-1.5, 0x1p-140])
    #expect(file.byteCount == Self.content.count)
    #expect(problem { try file.tensor("x") } == .noSuchTensor(key: "x"))
    #expect(problem { try file.rawBytes(of: "x") } == .noSuchTensor(key: "x"))
  }

  /// Less than nothing is nothing, and no trap.
  @Test(arguments: [0, -1, .min])
  func negativeLimitsAllowNothing(_ limit: Int) {
    for limits in [
      SafetensorsLimits(maximumHeaderByteCount: limit), SafetensorsLimits(maximumDimensionCount: limit),
      SafetensorsLimits(maximumHeaderValueCount: limit), SafetensorsLimits(maximumTensorByteCount: limit),
    ] {
      #expect(throws: CheckpointError.self) {
        try SafetensorsFile(bytes: Self.content, limits: limits).tensor("a")
      }
    }
  }

  /// An empty tensor may have other extents of any size, which no product may overflow by.
  @Test(arguments: [[1 << 62, 0], [0, 1 << 62], [1 << 61, 0, 1 << 61]])
  func emptyTensorsOfHugeExtentsAreWritten(_ shape: [Int]) throws {
    let folder = try TemporaryFolder()
    let bytes = SafetensorsBytes.file([.init(name: "a", dtype: "F32", shape: shape, data: [])])
    let weights = try ModelWeights(contentsOf: folder.write(bytes, to: "a.safetensors"))
    try weights.save(to: folder.path + "/b.safetensors")
    try weights.save(toFolder: folder.path + "/c", maximumShardByteCount: 1)
    #expect(try ModelWeights(contentsOf: folder.path + "/b.safetensors").shape(of: "a") == shape)
  }

  @Test(arguments: Route.allCases)
  func rowsAreReadAlone(_ route: Route) throws {
    let folder = try TemporaryFolder()
    let file = try route.open(try folder.write(Self.content, to: "a.safetensors"), Self.content)
    #expect(try file.tensor("a", rows: 1..<2).elements == [2, 3])
    #expect(try file.tensor("a", rows: 1..<3).shape == [2, 2])
    #expect(try file.tensor("a", rows: 3..<3).shape == [0, 2])
    #expect(try file.tensor("h", rows: 1..<3).elements == [-2, 0x1p-24])
    #expect(try file.tensor("m", rows: 1..<2).elements == [0x1p-140])
    #expect(
      problem { try file.tensor("a", rows: 2..<4) } == .rowsOutOfRange(key: "a", rows: 2..<4, shape: [3, 2]))
    #expect(
      problem { try file.tensor("a", rows: -1..<1) }
        == .rowsOutOfRange(key: "a", rows: -1..<1, shape: [3, 2]))
    #expect(
      problem { try file.tensor("u", rows: 0..<0) } == .rowsOutOfRange(key: "u", rows: 0..<0, shape: []))
  }

  @Test func alignedFloatsOfStableMemoryAreViewsAndTheRestIsCopied() throws {
    let memory = Immortal.copy(of: Self.content)
    let file = try SafetensorsFile(unsafeStaticBytes: memory)
    let base = try #require(memory.baseAddress)
    func isView(_ tensor: Tensor) -> Bool {
      let address = UnsafeRawPointer(tensor.storage.base)
      return address >= base && address < base + memory.count
    }
    #expect(isView(try file.tensor("a")))
    #expect(isView(try file.tensor("a", rows: 1..<3)))
    #expect(!isView(try file.tensor("m")))
    #expect(!isView(try file.tensor("h")))
  }

  @Test func copiedTensorsAreAlignedForVectors() throws {
    let folder = try TemporaryFolder()
    let file = try SafetensorsFile(contentsOf: try folder.write(Self.content, to: "a.safetensors"))
    for name in file.names {
      #expect(UInt(bitPattern: try file.tensor(name).storage.base).isMultiple(of: 64))
    }
  }

  @Test func aMappedTensorOutlivesTheFileObject() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(Self.content, to: "a.safetensors")
    let tensor = try SafetensorsFile(contentsOf: path, access: .mapped).tensor("a")
    #expect(try tensor.elements == [0, 1, 2, 3, 4, 5])
  }

  @Test(arguments: Route.allCases)
  func everyTruncationIsATypedError(_ route: Route) throws {
    let folder = try TemporaryFolder()
    for length in 0..<Self.content.count {
      let content = Array(Self.content[..<length])
      let path = try folder.write(content, to: "cut.safetensors")
      #expect(problem { try route.open(path, content) } != nil, "length \(length)")
    }
  }

  @Test(arguments: Route.allCases)
  func trailingBytesAreRefused(_ route: Route) throws {
    let folder = try TemporaryFolder()
    let content = Self.content + [0]
    let path = try folder.write(content, to: "long.safetensors")
    #expect(
      problem { try route.open(path, content) }
        == .fileSizeMismatch(expected: UInt64(Self.content.count), found: content.count))
  }

  /// A sparse file of 2 TiB, whose elements take four times as much as `Float`, where the limits allow that.
  @Test func memoryThatIsNotThereIsATypedError() throws {
    let count = 1 << 41
    // Machines that promise any memory would really begin to read.
    if let memory = malloc(count) {
      free(memory)
      return
    }
    let folder = try TemporaryFolder()
    let header = safetensors(#"{"a":{"dtype":"U8","shape":[\#(count)],"data_offsets":[0,\#(count)]}}"#)
    let path = try folder.write(header, to: "sparse.safetensors")
    // Not every file system has files of this size.
    guard truncate(path, off_t(header.count + count)) == 0 else { return }
    let file = try SafetensorsFile(contentsOf: path, limits: .init(maximumTensorByteCount: .max))
    #expect(
      problem { try file.rawBytes(of: "a") }
        == .unreadable(
          FileError(path: path, reason: .outOfMemory(byteCount: count))))
    #expect(problem { try file.tensor("a") } == .outOfMemory(key: "a", byteCount: 4 * count))
    #expect(
      "\(CheckpointError(file: "f", problem: .outOfMemory(key: "a", byteCount: 4)))"
        == "f: tensor \"a\": no memory for 4 bytes")
  }

  @Test(arguments: [SafetensorsFile.Access.read, .mapped])
  func aFileCutAfterItWasOpenedIsATypedError(_ access: SafetensorsFile.Access) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(Self.content, to: "cut.safetensors")
    let file = try SafetensorsFile(contentsOf: path, access: access)
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    let info = try #require(file.tensors["a"])
    try handle.truncate(atOffset: UInt64(info.byteRange.lowerBound + 10))
    try handle.close()
    let expected = CheckpointError.Problem.unreadable(
      FileError(path: path, reason: .truncated(offset: info.byteRange.lowerBound, expected: 24, found: 10)))
    #expect(problem { try file.tensor("a") } == expected)
    #expect(problem { try file.tensor("m") } != nil)
    #expect(throws: FileError.self) { try ModelWeights(file).sha256() }
    #expect(try file.tensor("a", rows: 0..<1).elements == [0, 1])
  }

  /// Touching a page that is gone would end the process.
  @Test func pagesThatGoFromUnderAMappingAreATypedError() throws {
    let folder = try TemporaryFolder()
    let count = 1 << 18
    let header = safetensors(#"{"a":{"dtype":"F32","shape":[4,65536],"data_offsets":[0,\#(4 * count)]}}"#)
    let path = try folder.write(header + [UInt8](repeating: 0, count: 4 * count), to: "big.safetensors")
    let file = try SafetensorsFile(contentsOf: path, access: .mapped)
    #expect(try file.tensor("a").elements.count == count)
    #expect(truncate(path, off_t(header.count + 300_000)) == 0)
    guard case .unreadable(let error) = problem({ try file.tensor("a") }),
      case .truncated(header.count, 4 * count, let found) = error.reason
    else {
      Issue.record("a tensor that is cut was read")
      return
    }
    // Whole pages of the mapping, or what is left of the file.
    #expect((295_000...305_000).contains(found))
    #expect(try file.tensor("a", rows: 0..<1).elements.count == 65536)
    #expect(truncate(path, 0) == 0)
    #expect(problem { try file.tensor("a", rows: 0..<1) } != nil)
  }

  @Test func aFileReplacedAfterItWasOpenedIsStillTheOldOne() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(Self.content, to: "a.safetensors")
    let file = try SafetensorsFile(contentsOf: path)
    try FileManager.default.removeItem(atPath: path)
    _ = try folder.write([1, 2, 3], to: "a.safetensors")
    #expect(try file.tensor("a").elements == [0, 1, 2, 3, 4, 5])
  }

  @Test func whatIsNoRegularFileIsRefused() throws {
    let folder = try TemporaryFolder()
    #expect(
      problem { try SafetensorsFile(contentsOf: folder.path) }
        == .unreadable(FileError(path: folder.path, reason: .notARegularFile)))
    #expect(mkfifo(folder.path + "/pipe", 0o600) == 0)
    #expect(problem { try SafetensorsFile(contentsOf: folder.path + "/pipe") } != nil)
    #expect(problem { try SafetensorsFile(contentsOf: "/dev/zero") } != nil)
    for path in ["", "a\0b"] {
      #expect(
        problem { try SafetensorsFile(contentsOf: path) }
          == .unreadable(FileError(path: path, reason: .invalidPath)))
    }
    guard case .unreadable(let error) = problem({ try SafetensorsFile(contentsOf: folder.path + "/none") })
    else {
      Issue.record("a file that does not exist was opened")
      return
    }
    #expect(error.isNotFound)
  }

  @Test func limitsAreCheckedFirst() throws {
    let tiny = SafetensorsLimits(maximumHeaderByteCount: 10)
    #expect(
      problem { try SafetensorsFile(bytes: Self.content, limits: tiny) }
        == .headerTooLarge(byteCount: UInt64(Self.content[0]) | UInt64(Self.content[1]) << 8, limit: 10))
    let flat = SafetensorsLimits(maximumDimensionCount: 1)
    #expect(
      problem { try SafetensorsFile(bytes: Self.content, limits: flat) }
        == .tooManyDimensions(key: "a", count: 2, limit: 1))
    let small = try SafetensorsFile(
      bytes: Self.content, limits: SafetensorsLimits(maximumTensorByteCount: 20))
    #expect(problem { try small.tensor("a") } == .tensorTooLarge(key: "a", shape: [3, 2], limit: 20))
    #expect(try small.tensor("h").count == 3)
    #expect(
      problem {
        try SafetensorsFile(bytes: Self.content, limits: SafetensorsLimits(maximumHeaderValueCount: 3))
      }
        != nil)
  }

  @Test func anEmptyTensorWithImpossibleExtentsIsATypedError() throws {
    let header = #"{"a":{"dtype":"F32","shape":[0,18446744073709551615,4],"data_offsets":[0,0]}}"#
    let file = try SafetensorsFile(bytes: safetensors(header))
    #expect(file.tensors["a"]?.shape == [0, .max, 4])
    #expect(problem { try file.tensor("a") } != nil)
    #expect(problem { try file.tensor("a", rows: 0..<0) } != nil)
    let possible = try SafetensorsFile(
      bytes: safetensors(#"{"a":{"dtype":"F64","shape":[0,1048576],"data_offsets":[0,0]}}"#))
    #expect(try possible.tensor("a").shape == [0, 1_048_576])
    #expect(try possible.tensor("a").elements.isEmpty)
    #expect(try possible.tensor("a", rows: 0..<0).shape == [0, 1_048_576])
  }

  @Test func namesThatLookTheSameAreRefused() {
    let header =
      "{\"\u{e9}\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},"
      + "\"e\u{301}\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[1,2]}}"
    #expect(
      problem { try SafetensorsFile(bytes: safetensors(header, [1, 2])) } == .duplicateTensor(key: "e\u{301}")
    )
  }

  @Test func aHostileNameCannotSteerOrFloodTheTerminal() throws {
    let name = "\u{1b}[2J\u{202e}" + String(repeating: "x", count: 10_000)
    let header =
      #"{"\#(name.replacing("\u{1b}", with: #"\u001b"#))":{"dtype":"f32","shape":[1],"data_offsets":[0,4]}}"#
    let failure = problem { try SafetensorsFile(bytes: safetensors(header, [0, 0, 0, 0])) }
    #expect(failure == .unknownDType(key: name, name: "f32"))
    let text = CheckpointError(file: "m", problem: try #require(failure)).description
    #expect(text.count < 400)
    #expect(text.contains(#"\u{1B}[2J\u{202E}xxx"#))
    #expect(!text.unicodeScalars.contains("\u{1b}"))
  }

  @Test func theLongFormOfATypeIsRead() throws {
    let header = #"{"a":{"dtype":{"U8":null},"shape":[1],"data_offsets":[0,1]}}"#
    #expect(try SafetensorsFile(bytes: safetensors(header, [3])).tensor("a").elements == [3])
  }

  @Test func aHeaderOfManyTensorsIsReadInLinearTime() throws {
    let entries = (0..<5_000).map {
      #""layer.\#($0)":{"dtype":"U8","shape":[1],"data_offsets":[\#($0),\#($0 + 1)]}"#
    }
    let data = (0..<5_000).map { UInt8($0 & 0xFF) }
    let file = try SafetensorsFile(bytes: safetensors("{" + entries.joined(separator: ",") + "}", data))
    #expect(file.names.count == 5_000)
    #expect(try file.tensor("layer.4999").elements == [Float(4_999 & 0xFF)])
  }

  @Test func blocksLargerThanOneAreConvertedWhole() throws {
    // More than one block of F16, cut at an odd place by the rows asked for.
    let count = 3 * 300_001
    let header = #"{"a":{"dtype":"F16","shape":[3,300001],"data_offsets":[0,\#(count * 2)]}}"#
    let data = [UInt8](unsafeUninitializedCapacity: count * 2) { buffer, initialized in
      for index in 0..<count {
        buffer[2 * index] = UInt8(truncatingIfNeeded: index)
        buffer[2 * index + 1] = UInt8(truncatingIfNeeded: index >> 8) & 0x3F
      }
      initialized = count * 2
    }
    let folder = try TemporaryFolder()
    let content = safetensors(header, data)
    let path = try folder.write(content, to: "a.safetensors")
    let whole = try SafetensorsFile(bytes: content).tensor("a")
    for route in Route.allCases {
      let file = try route.open(path, content)
      #expect(try file.tensor("a").elements == whole.elements)
      #expect(try file.tensor("a", rows: 1..<3).elements == whole.sliced(1..<3).elements)
    }
  }

  @Test func flippedHeadersNeverTrap() throws {
    var generator = SeededGenerator(seed: 0x5AFE)
    let headerEnd = 8 + (Int(Self.content[0]) | Int(Self.content[1]) << 8)
    var accepted = 0
    for _ in 0..<4_000 {
      var content = Self.content
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        let index = Int.random(in: 0..<min(headerEnd + 8, content.count), using: &generator)
        content[index] =
          Bool.random(using: &generator)
          ? content[index] ^ (1 << UInt8.random(in: 0..<8, using: &generator))
          : UInt8.random(in: 0...255, using: &generator)
      }
      do {
        let file = try SafetensorsFile(bytes: content)
        accepted += 1
        for name in file.names {
          let info = try #require(file.tensors[name])
          #expect(info.byteRange.lowerBound >= 8 && info.byteRange.upperBound <= content.count)
          if info.dtype.isConvertibleToFloat {
            _ = try file.tensor(name).elements
          } else {
            _ = try file.rawBytes(of: name)
          }
        }
      } catch let error as CheckpointError {
        #expect(!error.description.isEmpty)
      }
    }
    // Some flips only change names or data; most must be noticed.
    #expect(accepted > 0 && accepted < 2_000)
  }
}
