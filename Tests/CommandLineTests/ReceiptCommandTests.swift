import Foundation
import TestSupport
import Testing

/// `aiguard classify --receipt` and `aiguard verify`, as a user has them.
@Suite(.enabled(if: Tool.isBuilt)) struct ReceiptCommandTests {
  private let image = Fixtures.url("photos/chelsea.jpg").path
  private let other = Fixtures.url("photos/coffee.jpg").path

  /// The keys of RFC 8410, section 10.
  private static let privateKey = """
    -----BEGIN PRIVATE KEY-----
    MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC
    -----END PRIVATE KEY-----

    """
  private static let publicKey = """
    -----BEGIN PUBLIC KEY-----
    MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
    -----END PUBLIC KEY-----

    """
  /// Of RFC 8032, TEST 1.
  private static let otherKey = """
    -----BEGIN PUBLIC KEY-----
    MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=
    -----END PUBLIC KEY-----

    """

  private func folder() throws -> TemporaryDirectory {
    let folder = try TemporaryDirectory()
    try LabelledModel.write(["fake", "real"], to: folder.url.appendingPathComponent("one"))
    for (name, text) in [
      ("key.pem", Self.privateKey), ("public.pem", Self.publicKey), ("other.pem", Self.otherKey),
    ] {
      try Data(text.utf8).write(to: folder.url.appendingPathComponent(name))
    }
    return folder
  }

  private func tool(
    _ folder: TemporaryDirectory, _ arguments: String, environment: [String: String] = [:]
  ) throws -> Tool.Outcome {
    try Tool.shell("exec \"$tool\" \(arguments)", in: folder.url, environment: environment)
  }

  @Test func aReceiptIsWrittenBesideTheResult() throws {
    let folder = try folder()
    let outcome = try tool(folder, "classify --json --model one --receipt r.json \(image)")
    #expect(outcome.status == 0)
    #expect(outcome.output == (try tool(folder, "classify --json --model one \(image)").output))
    let verified = try tool(folder, "verify r.json \(image) --model one")
    #expect(verified.status == 0 && verified.errors.isEmpty)
    let lines = verified.output.split(separator: "\n")
    #expect(lines.count == 11 && lines.prefix(9).allSatisfy { $0.hasSuffix("  same") })
    #expect(lines[9] == "not signed" && lines[10] == "the receipt holds")
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.url.path).sorted()
        == ["key.pem", "one", "other.pem", "public.pem", "r.json"])
  }

  @Test func aBuiltInModelIsFoundByItself() throws {
    let folder = try folder()
    #expect(
      try tool(folder, "classify --model builtin:cifake --precision bfloat16 --receipt r.json \(image)")
        .status
        == 0)
    let verified = try tool(folder, "verify r.json \(image) --json")
    #expect(verified.status == 0)
    #expect(try verified.lines.first?["holds"] as? Bool == true)
  }

  @Test func theStageIsNamed() throws {
    let folder = try folder()
    #expect(try tool(folder, "classify --model one --receipt r.json \(image)").status == 0)
    let outcome = try tool(folder, "verify r.json \(other) --model one --json")
    #expect(outcome.status == 4)
    let line = try #require(try outcome.lines.first)
    #expect(line["holds"] as? Bool == false && line["firstDifference"] as? String == "bytes")
    #expect(try tool(folder, "verify r.json \(other) --model one").output.contains("bytes differs"))
    let noImage = try tool(folder, "verify r.json one/config.json --model one")
    #expect(noImage.status == 4 && noImage.output.contains("not-reached"))
  }

  /// The other kernels have other last bits, or the same; the receipt holds either way.
  @Test func aReceiptHoldsOnAnotherLevel() throws {
    let folder = try folder()
    let made = try tool(
      folder, "classify --model one --receipt r.json \(image)", environment: ["AIGUARD_KERNELS": "portable"])
    #expect(made.status == 0)
    let verified = try tool(
      folder, "verify r.json \(image) --model one", environment: ["AIGUARD_KERNELS": "blas"])
    #expect(verified.status == 0)
    #expect(verified.output.contains("note: made on portable, replayed on blas"))
    #expect(verified.output.contains("the receipt holds"))
  }

  @Test func signaturesAreChecked() throws {
    let folder = try folder()
    #expect(
      try tool(folder, "classify --model one --receipt r.json --sign-with key.pem \(image)").status == 0)
    let verified = try tool(folder, "verify r.json \(image) --model one --public-key public.pem")
    #expect(verified.status == 0)
    #expect(
      verified.output.contains(
        "signed by 19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1\n"))
    let byOther = try tool(folder, "verify r.json \(image) --model one --public-key other.pem")
    #expect(byOther.status == 4 && byOther.errors.contains("signed by the key 19bf"))
    let path = folder.url.appendingPathComponent("r.json")
    let text = try String(contentsOf: path, encoding: .utf8)
    try Data(text.replacing("\"height\":", with: "\"height\":1").utf8).write(to: path)
    let changed = try tool(folder, "verify r.json \(image) --model one --json")
    #expect(changed.status == 4)
    #expect(try changed.kinds == ["invalid-receipt"])
    #expect(try tool(folder, "classify --model one --receipt r.json \(image)").status == 0)
    let unsigned = try tool(folder, "verify r.json \(image) --model one --public-key public.pem")
    #expect(unsigned.status == 4 && unsigned.errors.contains("not signed"))
    let noKey = try tool(folder, "classify --model one --receipt n.json --sign-with public.pem \(image)")
    #expect(noKey.status == 1 && noKey.errors.contains("BEGIN PRIVATE KEY"))
    #expect(!FileManager.default.fileExists(atPath: folder.url.appendingPathComponent("n.json").path))
  }

  @Test(arguments: [
    "classify --model one --receipt r.json IMAGE IMAGE",
    "classify --model one --receipt r.json --views IMAGE",
    "classify --model one --model one --receipt r.json IMAGE",
    "classify --model one --sign-with key.pem IMAGE",
    "classify --model one --receipt '' IMAGE", "verify r.json", "verify - IMAGE",
    "verify r.json IMAGE --base x",
  ])
  func wrongUsageIsRefused(_ arguments: String) throws {
    let outcome = try tool(try folder(), arguments.replacing("IMAGE", with: image))
    #expect(outcome.status == 2 && outcome.output.isEmpty, "\(outcome.errors)")
  }

  @Test func whatCannotBeReadIsNoDifference() throws {
    let folder = try folder()
    #expect(try tool(folder, "verify none.json \(image) --model one").status == 1)
    #expect(try tool(folder, "verify key.pem \(image) --model one").status == 4)
    #expect(try tool(folder, "classify --model one --receipt r.json \(image)").status == 0)
    #expect(try tool(folder, "verify r.json none.jpg --model one").status == 1)
    #expect(try tool(folder, "verify r.json \(image) --model ./none").status == 3)
    let unnamed = try tool(folder, "verify r.json \(image)")
    #expect(unnamed.status == 2 && unnamed.errors.contains("--model"))
    #expect(try tool(folder, "classify --model one --receipt no/r.json \(image)").status == 1)
    #expect(try tool(folder, "classify --model one --receipt r2.json none.jpg").status == 1)
  }
}
