import Checkpoint
import JSONText
import Platform
import TensorCore
import TestSupport
import Testing

/// The 118 samples against the verdicts and values of the reference implementation.
@Suite struct SafetensorsSampleTests {
  struct Sample: Sendable, CustomTestStringConvertible {
    let name: String
    let expected: JSONObject
    var testDescription: String { name }
    var path: String { Fixtures.url("safetensors/\(name).safetensors").path }
  }

  static let samples: [Sample] = {
    guard let bytes = try? fixture("safetensors/expected.json"),
      let cases = try? JSONValue(parsing: bytes).objectValue?["cases"]?.objectValue
    else { return [] }
    return cases.members.compactMap { member in
      member.value.objectValue.map { Sample(name: member.key, expected: $0) }
    }
  }()

  @Test func allSamplesAreThere() { #expect(Self.samples.count == 118) }

  @Test(arguments: samples, Route.allCases)
  func verdictAndValuesAreTheReferences(_ sample: Sample, _ route: Route) throws {
    let content = try fixture("safetensors/\(sample.name).safetensors")
    let accepted = sample.expected["verdict"] == .string("ok")
    let stricter = sample.expected["stricter"]?.stringValue
    do {
      let file = try route.open(sample.path, content)
      #expect(accepted && stricter == nil, "accepted what the reference refuses")
      try compare(file, with: sample)
      #expect(
        try ModelWeights(file).sha256() == content.withUnsafeBytes { try SHA256.hexadecimal(of: $0) })
    } catch let error as CheckpointError {
      #expect(!accepted || error.kind == stricter, "\(error)")
      #expect(!error.description.isEmpty)
    }
  }

  private func compare(_ file: SafetensorsFile, with sample: Sample) throws {
    let metadata = sample.expected["metadata"]?.objectValue?.members ?? []
    #expect(
      file.metadata == Dictionary(uniqueKeysWithValues: metadata.map { ($0.key, $0.value.stringValue ?? "") })
    )
    let tensors = sample.expected["tensors"]?.objectValue?.members ?? []
    #expect(file.names.sorted() == tensors.map(\.key).sorted())
    #expect(Set(file.tensors.keys) == Set(file.names))
    for member in tensors {
      let entry = try #require(member.value.objectValue)
      let info = try #require(file.tensors[member.key])
      #expect(info.dtype.safetensorsName == entry["dtype"]?.stringValue)
      #expect(info.shape == entry["shape"]?.arrayValue?.map { $0.integerValue ?? Int.max })
      let hex = try file.rawBytes(of: member.key).map {
        String($0 >> 4, radix: 16) + String($0 & 15, radix: 16)
      }
      #expect(.string(hex.joined()) == entry["bytes"])
      #expect(try file.withUnsafeBytes(of: member.key) { $0.count } == info.byteRange.count)
      if let bits = entry["float32"]?.arrayValue {
        let tensor = try file.tensor(member.key)
        #expect(tensor.shape == info.shape)
        #expect(try tensor.elements.map { JSONValue.integer(Int($0.bitPattern)) } == bits)
      } else if !info.dtype.isConvertibleToFloat {
        #expect(
          throws: CheckpointError(
            file: file.path, problem: .unsupportedDType(key: member.key, dtype: info.dtype))
        ) { try file.tensor(member.key) }
      }
    }
  }
}
