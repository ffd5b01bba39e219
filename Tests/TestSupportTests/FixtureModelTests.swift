import Foundation
import TestSupport
import Testing

/// The generator here and in Fixtures/vit-base/make.py must make the same bits: the goldens rest on it.
@Suite struct FixtureModelTests {
  @Test func generatedTensorsHaveTheChecksumsOfTheReference() throws {
    for (key, checksum) in try FixtureModel.golden().tensors {
      let values = try #require(FixtureModel.tensor(key), "the model has no \(key)")
      let hash = values.withUnsafeBytes { FixtureModel.fnv1a64($0) }
      #expect(hash == UInt64(checksum.fnv1a64, radix: 16), "\(key)")
    }
  }

  @Test func aPartOfATensorIsThatPart() {
    let whole = FixtureModel.weights("some.key", count: 100, multiplier: 568)
    #expect(FixtureModel.weights("some.key", count: 40, multiplier: 568, first: 60) == Array(whole[60...]))
  }

  @Test func syntheticInputsBeginAsTheReferenceHasThem() throws {
    let golden = try GoldenFile("vit-base/golden.safetensors")
    let inputs = try FixtureModel.golden().inputs
    #expect(try golden.shape("logits.f64") == [inputs.count, 2])
    for input in inputs where input.file == nil {
      let values = try #require(input.pixelValues())
      #expect(values.count == 3 * 224 * 224)
      #expect(Array(values.prefix(8)) == (try golden.floats("\(input.name).head")), "\(input)")
    }
  }

  @Test func theFolderHoldsTheWholeModel() throws {
    let folder = try FixtureModel.viTBase()
    let model = try GoldenFile(contentsOf: folder.appendingPathComponent("model.safetensors"))
    #expect(model.keys == FixtureModel.shapes.map(\.key).sorted())
    #expect(try model.floats("classifier.weight") == FixtureModel.tensor("classifier.weight"))
    #expect(try model.shape("vit.embeddings.position_embeddings") == [1, 197, 768])
  }
}
