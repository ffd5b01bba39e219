import Foundation
import ImageEvidence
import JSONText
import TestSupport
import Testing

/// Files of other projects and of real generators, which may not be part of the repository.
enum ThirdParty {
  struct File: Sendable, CustomTestStringConvertible {
    let path: URL
    let expected: JSONObject

    var testDescription: String { path.lastPathComponent }
  }

  /// `AIGUARD_EVIDENCE_SAMPLES`, else the folder beside the checkout.
  private static var folder: URL {
    let named = ProcessInfo.processInfo.environment["AIGUARD_EVIDENCE_SAMPLES"]
    return named.map { URL(fileURLWithPath: $0) }
      ?? Fixtures.root.deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("shared/reference/provenance")
  }

  static let samples: [File] = {
    guard let bytes = try? Data(contentsOf: folder.appendingPathComponent("expected.json")),
      let object = (try? JSONValue(parsing: Array(bytes), options: .python))?.objectValue
    else { return [] }
    return object.members.compactMap { member in
      let path = folder.appendingPathComponent("samples/\(member.key)")
      guard member.key.hasPrefix("x-"), let expected = member.value.objectValue,
        FileManager.default.fileExists(atPath: path.path)
      else { return nil }
      return File(path: path, expected: expected)
    }
  }()
}

/// What an independent parser, the reference implementation and regular expressions found in them.
@Suite(.enabled(if: !ThirdParty.samples.isEmpty, "set AIGUARD_EVIDENCE_SAMPLES to the folder of the samples"))
struct ThirdPartyTests {
  private func report(_ sample: ThirdParty.File) throws -> EvidenceReport {
    EvidenceReader(readsHiddenTexts: true).read(
      imageBytes: Array(try Data(contentsOf: sample.path)), at: Sample.instant)
  }

  @Test func allAreThere() { #expect(ThirdParty.samples.count == 38) }

  @Test(arguments: ThirdParty.samples) func generatorsAreRecognised(_ sample: ThirdParty.File) throws {
    guard let wanted = sample.expected["generator"]?.objectValue else { return }
    let generation = try report(sample).generation
    // Other names for the same, and the web UI's text by a writer that does not name itself.
    let names = ["huggingface-space": "hf-space", "sd-next": "sd.next"]
    let tool = wanted["tool"]?.stringValue.map { names[$0] ?? $0 }
    if generation?.tool != .webUICompatible || tool != "stable-diffusion-webui" {
      #expect(generation?.tool.rawValue == tool)
    }
    for field in wanted["fieldsByRegex"]?.objectValue?.members ?? [] {
      switch field.key {
      // The regular expression found what was asked for, which was any seed.
      case "seed" where field.value.stringValue != "-1":
        #expect(generation?.seed.map(String.init) == field.value.stringValue)
      case "steps": #expect(generation?.steps.map(String.init) == field.value.stringValue)
      default: break
      }
    }
  }

  /// A real image of NovelAI's; one pixel or one word of it otherwise, and the signature does not hold.
  @Test func novelAISignsItsPixels() throws {
    let file = try #require(ThirdParty.samples.first { $0.testDescription == "x-real-novelai-signed.webp" })
    let report = try report(file)
    #expect(report.hasGeneratorsSignature)
    #expect(report.statements.first?.strength == .conclusive)
    #expect(report.statements.first?.standing == .generatorsSignature)
    var changed = Array(try Data(contentsOf: file.path))
    let start = Array("{\"Comment\":".utf8)
    let text = try #require(changed.indices.first { changed[$0...].starts(with: start) })
    let words = Array("masterpiece".utf8)
    let place = try #require(changed.indices[text...].first { changed[$0...].starts(with: words) })
    changed[place] = UInt8(ascii: "n")
    let other = EvidenceReader().read(imageBytes: changed, at: Sample.instant)
    #expect(!other.hasGeneratorsSignature)
    #expect(other.findings.contains { $0.place == "NovelAI" && $0.kind == .note })
  }

  @Test(arguments: ThirdParty.samples) func storesAreReadAsByTheIndependentParser(_ sample: ThirdParty.File)
    throws
  {
    let wanted = sample.expected["c2pa"]?.objectValue
    let store = try report(sample).manifestStore
    guard wanted?["stores"]?.integerValue == 1 else {
      #expect(store == nil)
      return
    }
    let labels = wanted?["manifests"]?.arrayValue?.compactMap { $0.objectValue?["label"]?.stringValue }
    #expect(store?.manifests.map(\.label) == labels)
  }

  /// Its certificate has expired, and its time-stamp is of an authority that nobody here trusts: the reference goes by the
  /// stamp all the same.
  private static let expired = ["x-real-firefly.png"]

  /// With nobody trusted: valid where the reference says so. What it raises for, or finds bad, is not valid here.
  @Test(arguments: ThirdParty.samples) func statesAreThoseOfTheReference(_ sample: ThirdParty.File) throws {
    guard let oracle = sample.expected["oracle"]?.objectValue?["none"]?.objectValue else { return }
    let state = try report(sample).manifestStore?.validationState
    if oracle["state"]?.stringValue == "Valid", !Self.expired.contains(sample.testDescription) {
      #expect(state == .valid)
    } else {
      #expect((state ?? .invalid) < .valid)
    }
  }
}
