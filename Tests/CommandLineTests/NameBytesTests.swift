import Foundation
import TestSupport
import Testing

/// Names that are not UTF-8, from the arguments to the system and into the output.
@Suite(.enabled(if: Tool.isBuilt)) struct NameBytesTests {
  private let directory: TemporaryDirectory
  private var folder: URL { directory.url }
  /// Of the photograph, by another program.
  private let size = "640x427"

  init() throws {
    directory = try TemporaryDirectory()
    try directory.write(Fixtures.bytes("photos/rocket.jpg"), to: "rocket.jpg")
  }

  private func shell(_ script: String) throws -> Tool.Outcome {
    try Tool.shell("name=$(printf 'caf\\351'); other=$(printf 'caf\\357\\277\\275'); \(script)", in: folder)
  }

  @Test func theFileThatWasNamedIsRead() throws {
    let found = try shell("cp rocket.jpg \"$name.jpg\" && exec \"$tool\" inspect \"$name.jpg\"")
    #expect(found.status == 0)
    #expect(found.output.hasPrefix("caf\\xe9.jpg\n"))
    #expect(found.output.contains(size))
  }

  /// With the character that stands for bytes nobody knows, there is another file.
  @Test func noOtherFileIsRead() throws {
    for command in ["inspect", "classify"] {
      let outcome = try shell(
        "cp rocket.jpg \"$other.jpg\" && exec \"$tool\" \(command) --json \"$name.jpg\"")
      #expect(outcome.status == 1)
      #expect(try outcome.kinds == ["unreadable-file"])
      let line = try outcome.lines[0]
      #expect(line["file"] as? String == "caf\\xe9.jpg")
      #expect(
        line["fileBytes"] as? String
          == Data([0x63, 0x61, 0x66, 0xE9] + Array(".jpg".utf8)).base64EncodedString())
      #expect(
        (line["error"] as? [String: String])?["message"] == "caf\\xe9.jpg: open: No such file or directory")
      let text = try shell("exec \"$tool\" \(command) \"$name.jpg\"")
      #expect(text.errors == "aiguard: caf\\xe9.jpg: open: No such file or directory\n")
    }
  }

  @Test func foldersHaveSuchNamesToo() throws {
    let outcome = try shell(
      """
      mkdir -p "$name/$name" && cp rocket.jpg "$name/$name/$name.jpg" && cp rocket.jpg "$name/$other.jpg"
      exec "$tool" classify --model builtin:cifake --json --recursive "$name"
      """)
    #expect(outcome.status == 0)
    #expect(
      try outcome.lines.map { $0["file"] as? String } == [
        "caf\\xe9/caf\\xe9/caf\\xe9.jpg", "caf\\xe9/caf\u{FFFD}.jpg",
      ])
    let bytes = try outcome.lines.map {
      Data(base64Encoded: $0["fileBytes"] as? String ?? "").map(Array.init)
    }
    let name: [UInt8] = [0x63, 0x61, 0x66, 0xE9]
    #expect(
      bytes == [
        name + [0x2F] + name + [0x2F] + name + Array(".jpg".utf8), name + Array("/caf\u{FFFD}.jpg".utf8),
      ])
  }

  @Test func namesThatAreUTF8HaveNoSecondField() throws {
    let outcome = try shell("exec \"$tool\" classify --model builtin:cifake --json rocket.jpg")
    #expect(try outcome.lines[0]["fileBytes"] == nil)
  }

  @Test func modelsAreReadAndWrittenUnderSuchNames() throws {
    try copyDefaultModel(to: folder.appendingPathComponent("model"), changing: "config.json") { _ in }
    let outcome = try shell(
      """
      set -e
      mv model "$name"
      "$tool" convert "$name" "$name-copy"
      "$tool" convert "$name/model.safetensors" "$name.safetensors"
      test -f "$name.safetensors"
      test ! -e "$other-copy"
      "$tool" inspect-model --json "$name-copy" > inspected.json
      "$tool" classify --json --model "$name-copy" rocket.jpg
      """)
    #expect(outcome.status == 0)
    #expect(outcome.errors.isEmpty)
    #expect((try outcome.lines[0]["model"] as? [String: String])?["id"] == "caf\\xe9-copy")
    let inspected = try String(contentsOf: folder.appendingPathComponent("inspected.json"), encoding: .utf8)
    #expect(inspected.contains("caf\\\\xe9-copy/model.safetensors"))
  }

  #if Hub
    /// The path that `download` prints is for other programs.
    @Test func theCacheMayHaveSuchAName() throws {
      let commit = String(repeating: "0", count: 40)
      let outcome = try shell(
        """
        set -e
        cache="$PWD/$name/hub/models--org--model"
        mkdir -p "$cache/refs" "$cache/snapshots/\(commit)"
        printf %s \(commit) > "$cache/refs/main"
        for file in config.json preprocessor_config.json model.safetensors; do
          echo > "$cache/snapshots/\(commit)/$file"
        done
        export HF_HOME="$PWD/$name" HF_HUB_OFFLINE=1
        found=$("$tool" download org/model)
        test "$found" = "$cache/snapshots/\(commit)"
        """)
      #expect(outcome.status == 0, "\(outcome.errors)")
    }
  #endif
}
