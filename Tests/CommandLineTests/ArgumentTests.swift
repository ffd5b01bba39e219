import Foundation
import TestSupport
import Testing

/// Arguments that mean something else than they say.
@Suite(.enabled(if: Tool.isBuilt)) struct ArgumentTests {
  private let image = Fixtures.url("images/jpeg_7x5.jpg").path

  @Test(arguments: [
    ["classify", "-hello.jpg"], ["inspect", "-hfoo"], ["-hello.jpg"], ["classify", "x.jpg", "-rx"],
    ["classify", "--hello.jpg"], ["convert", "-hello.bin", "out.safetensors"],
    ["inspect-model", "-h.safetensors"],
    ["classify", "x.jpg", "--nonsense"], ["info", "-hi"],
  ])
  func aDashedNameIsNoRequestForHelp(arguments: [String]) throws {
    let outcome = try Tool.run(arguments)
    #expect(outcome.status == 2)
    #expect(outcome.output.isEmpty)
    #expect(outcome.errors.contains("write -- before the names"))
  }

  @Test func afterTwoDashesAllIsNames() throws {
    let directory = try TemporaryDirectory()
    try directory.write(Fixtures.bytes("images/jpeg_7x5.jpg"), to: "-hello.jpg")
    let outcome = try Tool.shell(
      "exec \"$tool\" classify --model builtin:cifake --json -- -hello.jpg", in: directory.url)
    #expect(outcome.status == 0)
    #expect(try outcome.lines[0]["file"] as? String == "-hello.jpg")
    for option in ["-h", "--help"] { #expect(try Tool.run("classify", option).status == 0) }
    #expect(try Tool.run("classify", "-r", image).status == 0)
  }

  @Test(arguments: [
    ("https://example.org/cat.jpg", "URLs are not fetched"), ("HTTP://x/y", "URLs are not fetched"),
    ("s3://bucket/cat.jpg", "URLs are not fetched"),
    ("file:///photos/my%20cat.jpg", "give the path: /photos/my cat.jpg"),
    ("file://localhost/photos/%E9%zz", "give the path: /photos/\\xe9%zz"),
    ("data:image/png;base64,iVBORw0KGgo=", "data URLs are not read"),
  ])
  func urlsAreNotFetched(url: String, advice: String) throws {
    for command in ["classify", "inspect"] {
      let outcome = try Tool.run(command, "--json", url, image)
      #expect(outcome.status == 1)
      #expect(try outcome.kinds == ["unreadable-file", nil])
      let error = try #require(outcome.lines[0]["error"] as? [String: String])
      #expect(try #require(error["message"]).contains(advice))
    }
  }

  @Test func aLongURLFloodsNoTerminal() throws {
    let url = "data:image/png;base64," + String(repeating: "A", count: 100_000)
    let outcome = try Tool.run("classify", url, image)
    #expect(outcome.status == 1)
    #expect(outcome.errors.utf8.count < 1000)
    #expect(outcome.output.utf8.count < image.utf8.count + 100)
  }

  @Test func aFileMayBeCalledLikeAURL() throws {
    let directory = try TemporaryDirectory()
    try directory.write(Fixtures.bytes("images/jpeg_7x5.jpg"), to: "http:/x.jpg")
    let outcome = try Tool.shell("exec \"$tool\" classify http://x.jpg", in: directory.url)
    #expect(outcome.status == 0)
  }

  @Test func modelsThatAreNoFoldersAreNamed() throws {
    for (model, words) in [
      ("https://huggingface.co/google/vit-base/tree/main", ["URLs are not fetched", ": google/vit-base"]),
      ("file:///models/vit", ["give the path: /models/vit"]), (image, ["is a file"]),
      ("./none", ["neither a folder"]),
    ] {
      let outcome = try Tool.run("classify", "--model", model, image)
      #expect(outcome.status == 3)
      #expect(outcome.output.isEmpty)
      for word in words { #expect(outcome.errors.contains(word), "\(outcome.errors)") }
    }
  }

  @Test func anotherCommandIsNamed() throws {
    for (arguments, words) in [
      ([image], "aiguard classify"), (["http://x/y.jpg"], "aiguard classify"),
      (["classyfy", image], "the commands are classify, "),
    ] {
      let outcome = try Tool.run(arguments)
      #expect(outcome.status == 2)
      #expect(outcome.errors.contains(words))
    }
  }

  /// The next argument would be the value: a file that nobody then classifies.
  @Test func anOptionsValueMayNotBeEmpty() throws {
    for option in ["--model=", "--revision=", "--top-k="] {
      let outcome = try Tool.run("classify", option, image, image)
      #expect(outcome.status == 2)
      #expect(outcome.errors.contains("\(option) has no value"))
    }
  }

  @Test func anEmptyNameIsShown() throws {
    let outcome = try Tool.run("classify", "")
    #expect(outcome.status == 1)
    #expect(outcome.errors.hasPrefix("aiguard: \"\": not a path"))
  }

  @Test func convertSaysWhatItCannotRead() throws {
    let directory = try TemporaryDirectory()
    let out = directory.url.path + "/out"
    for (input, output, status, words) in [
      (directory.url.path, out, 3, "cannot read the model"),
      (directory.url.path, out + ".safetensors", 2, "a folder"),
      (image, out + ".safetensors", 3, "cannot read the model"), (image, out, 2, "must end in .safetensors"),
      ("none.bin", out, 3, "none.bin: stat: No such file"),
    ] as [(String, String, Int32, String)] {
      let outcome = try Tool.run("convert", input, output)
      #expect(outcome.status == status, "\(input)")
      #expect(outcome.errors.contains(words), "\(outcome.errors)")
    }
    #expect(!FileManager.default.fileExists(atPath: out))
  }

  #if Hub
    /// No such folder, which is said first, and no such model; and nothing is waited for.
    @Test(.timeLimit(.minutes(1))) func aFolderThatIsNotThereIsSaidFirst() throws {
      // A name that every resolver refuses by itself, so that this asks no network.
      let host = String(repeating: "a", count: 64) + ".invalid"
      let directory = try TemporaryDirectory()
      for arguments in [["classify", "--model", "models/bse", image], ["inspect-model", "models/bse"]] {
        let outcome = try Tool.run(
          arguments, environment: ["HF_ENDPOINT": "http://\(host)", "HF_HOME": directory.url.path])
        #expect(outcome.status == 3)
        let errors = outcome.errors
        let folder = try #require(errors.range(of: "there is no folder \"models/bse\""))
        let hub = try #require(errors.range(of: host))
        #expect(folder.upperBound < hub.lowerBound)
      }
    }
  #endif

  @Test func aFolderHasNoRevisions() throws {
    let directory = try TemporaryDirectory()
    let outcome = try Tool.run("info", "--model", directory.url.path, "--revision", "v1")
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains("--revision is for models on the Hub"))
  }
}
