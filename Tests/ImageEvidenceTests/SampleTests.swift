import ImageDecoding
import ImageEvidence
import JSONText
import TestSupport
import Testing

/// Files that a script of the fixtures wrote, against what it wrote into them.
@Suite struct SampleTests {
  struct MetadataSample: Sendable, CustomTestStringConvertible {
    let name: String
    let expected: JSONObject

    var testDescription: String { name }
  }

  private static let samples: [MetadataSample] = {
    let bytes = (try? Fixtures.bytes("evidence/expected.json")) ?? []
    let object = (try? JSONValue(parsing: bytes, options: .python))?.objectValue
    return (object?.members ?? []).compactMap { member in
      member.value.objectValue.map { MetadataSample(name: member.key, expected: $0) }
    }
  }()

  @Test func allAreThere() { #expect(Self.samples.count == 46) }

  private func report(_ sample: MetadataSample) throws -> EvidenceReport {
    EvidenceReader(readsHiddenTexts: true).read(
      imageBytes: try Fixtures.bytes("evidence/\(sample.name)"), at: Sample.instant)
  }

  @Test(arguments: samples) func generatorIsRead(_ sample: MetadataSample) throws {
    let report = try report(sample)
    let tool = sample.expected["generator"]?.stringValue
    let fields = sample.expected["fields"]?.objectValue
    if tool == "tc260" {
      #expect(report.generation == nil)
      #expect(report.contentLabel?.label == fields?["label"]?.stringValue)
      if let producer = fields?["contentProducer"]?.stringValue {
        #expect(report.contentLabel?.contentProducer == producer)
      }
      return
    }
    #expect(report.generation?.tool.rawValue == tool)
    guard let generation = report.generation, let fields else { return }
    let found: [String: JSONValue?] = [
      "prompt": generation.prompt.map(JSONValue.string),
      "negativePrompt": generation.negativePrompt.map(JSONValue.string),
      "steps": generation.steps.map(JSONValue.integer),
      "sampler": generation.sampler.map(JSONValue.string),
      "scheduler": generation.scheduler.map(JSONValue.string),
      "model": generation.modelName.map(JSONValue.string),
      "modelHash": generation.modelHash.map(JSONValue.string),
      "version": generation.toolVersion.map(JSONValue.string),
      "source": generation.origin.map(JSONValue.string),
      "jobID": generation.origin.map(JSONValue.string),
      "aiSystem": generation.modelName.map(JSONValue.string),
      "aiSystemVersion": generation.toolVersion.map(JSONValue.string),
    ]
    for field in fields.members {
      switch field.key {
      case "seed": #expect(generation.seed.map { Int($0) } == field.value.integerValue)
      case "cfgScale": #expect(generation.guidanceScale == field.value.numberValue)
      case "size":
        let size = "\(generation.width ?? 0)x\(generation.height ?? 0)"
        #expect(size == field.value.stringValue)
      default:
        let value = try #require(found[field.key], "\(field.key)")
        #expect((value ?? .null) == field.value, "\(field.key)")
      }
    }
  }

  @Test(arguments: samples) func cameraIsGraded(_ sample: MetadataSample) throws {
    let camera = try report(sample).camera
    guard let expected = sample.expected["camera"]?.objectValue else {
      #expect(camera.grade == 0)
      return
    }
    #expect(camera.grade == expected["grade"]?.integerValue)
    #expect(camera.make == expected["make"]?.stringValue)
    #expect(camera.model == expected["model"]?.stringValue)
    #expect(camera.lensModel == expected["lensModel"]?.stringValue)
    #expect(camera.exposureTime == expected["exposureTime"]?.stringValue)
    #expect(camera.fNumber == expected["fNumber"]?.numberValue)
    #expect(camera.isoSpeed == expected["iso"]?.integerValue)
    #expect(camera.makerNote == expected["makerNote"]?.stringValue)
    #expect(camera.contradictions.isEmpty)
  }

  @Test(arguments: samples) func sourceTypesAreRead(_ sample: MetadataSample) throws {
    let types = try report(sample).digitalSourceTypes.map(\.rawValue)
    let expected = sample.expected["digitalSourceTypes"]?.arrayValue?.compactMap(\.stringValue) ?? []
    #expect(types == expected)
  }

  private func report(_ name: String) throws -> EvidenceReport {
    EvidenceReader().read(imageBytes: try Fixtures.bytes("evidence/\(name)"), at: Sample.instant)
  }

  @Test func whatIsNotReadIsAFinding() throws {
    #expect(try report("m09-ztxt-bomb.png").findings.map(\.kind) == [.limitExceeded])
    #expect(try report("m38-xmp-doctype.jpg").findings.map(\.kind) == [.damaged])
    #expect(try report("m54-tiff-cycle.tif").findings.map(\.kind) == [.damaged])
    #expect(try report("m52-none.jpg").findings.isEmpty)
    #expect(try report("m52-none.jpg").statements.isEmpty)
    let svg = EvidenceReader().read(
      imageBytes: Array("<svg xmlns=\"http://www.w3.org/2000/svg\"/>".utf8), at: Sample.instant)
    #expect(svg.findings.map(\.kind) == [.notRead])
  }

  @Test func conclusionsHaveTheirWeight() throws {
    let web = try #require(try report("m01-a1111.png").statements.first)
    #expect(web.claim == .generated)
    #expect(web.strength == .strong)
    #expect(web.direction == .againstInterest)
    #expect(web.standing == .unsigned)
    let capture = try #require(try report("m36-digitalcapture-xmp.webp").statements.first)
    #expect(capture.claim == .captured)
    #expect(capture.strength == .weak)
    #expect(capture.direction == .inInterest)
    let both = try report("m49-avif-exif-xmp.avif")
    #expect(both.statements.map(\.claim) == [.generated, .captured])
    #expect(both.findings.contains { $0.kind == .contradiction })
    let remote = try report("m45-remote-provenance.jpg")
    #expect(remote.remoteManifestURL == "https://example.com/manifests/abc.c2pa")
    #expect(remote.statements.map(\.claim) == [.credentialElsewhere])
  }

  /// Signed by another's key: no signature of NovelAI's.
  @Test func foreignSignaturesDoNotHold() throws {
    let report = try report("m22-novelai-foreign-signature.png")
    #expect(!report.hasGeneratorsSignature)
    #expect(
      report.findings.contains { $0.place == "NovelAI" && $0.text.hasPrefix("The signature does not hold") })
    #expect(report.statements.first?.standing == .unsigned)
  }

  @Test func promptsCanBeLeftOut() throws {
    let report = try report("m10-comfyui.png").withoutPrompts
    #expect(report.generation?.prompt == nil)
    #expect(report.generation?.rawText == nil)
    #expect(report.generation?.seed == 42)
  }
}
