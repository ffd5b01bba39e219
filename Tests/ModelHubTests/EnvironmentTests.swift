import Foundation
import ModelHub
import TestSupport
import Testing

/// What the environment asks for means what it means to `huggingface_hub`.
@Suite struct EnvironmentTests {
  private func hub(_ variables: [String: String]) throws -> ModelHub {
    try ModelHub { (["HOME": "/nobody"].merging(variables) { $1 })[$0] }
  }

  @Test func theCacheIsFound() throws {
    let cases: [([String: String], String)] = [
      ([:], "/nobody/.cache/huggingface/hub"),
      (["XDG_CACHE_HOME": "/xdg"], "/xdg/huggingface/hub"),
      (["HF_HOME": "/hf"], "/hf/hub"),
      (["HF_HOME": "~/hf"], "/nobody/hf/hub"),
      (["HF_HOME": "$BASE/hf", "BASE": "/base"], "/base/hf/hub"),
      (["HF_HOME": "${BASE}x/hf", "BASE": "/base"], "/basex/hf/hub"),
      (["HF_HOME": "$NONE/hf"], "$NONE/hf/hub"),
      (["HF_HOME": "/a$"], "/a$/hub"),
      (["HUGGINGFACE_HUB_CACHE": "/old", "HF_HOME": "/hf"], "/old"),
      (["HF_HUB_CACHE": "/new", "HUGGINGFACE_HUB_CACHE": "/old"], "/new"),
      (["HF_HUB_CACHE": "", "HF_HOME": ""], "/nobody/.cache/huggingface/hub"),
    ]
    for (variables, expected) in cases { #expect(try hub(variables).cacheFolder == expected) }
    #expect(throws: HubError.invalidSetting(name: "HOME", value: "")) { try ModelHub { _ in nil } }
  }

  @Test func flagsAreWrittenInManyWays() throws {
    for value in ["1", "true", "TRUE", "Yes", "on"] {
      #expect(try hub(["HF_HUB_OFFLINE": value]).isOffline)
      #expect(try hub(["TRANSFORMERS_OFFLINE": value]).isOffline)
      #expect(try !hub(["HF_HUB_DISABLE_SYMLINKS": value]).usesSymbolicLinks)
    }
    for value in ["", "0", "false", "no", "2"] { #expect(try !hub(["HF_HUB_OFFLINE": value]).isOffline) }
    #expect(try !hub([:]).isOffline)
    #expect(try hub([:]).usesSymbolicLinks)
  }

  @Test func theTokenIsFound() throws {
    let folder = try TemporaryDirectory()
    let file = try folder.write("  from-file\n", to: "token").path
    let empty = try folder.write("\n", to: "empty").path
    #expect(try hub([:]).token == nil)
    #expect(try hub(["HF_TOKEN_PATH": file]).token == "from-file")
    #expect(try hub(["HF_TOKEN_PATH": empty]).token == nil)
    #expect(try hub(["HF_HOME": folder.url.path]).token == "from-file")
    #expect(try hub(["HF_TOKEN_PATH": file, "HUGGING_FACE_HUB_TOKEN": "old"]).token == "old")
    #expect(try hub(["HF_TOKEN": " new\n", "HUGGING_FACE_HUB_TOKEN": "old"]).token == "new")
    #expect(try hub(["HF_TOKEN": " ", "HUGGING_FACE_HUB_TOKEN": "old"]).token == "old")
    #expect(try hub(["HF_TOKEN": "new", "HF_HUB_DISABLE_IMPLICIT_TOKEN": "1"]).token == nil)
    #expect(throws: HubError.self) { try hub(["HF_TOKEN_PATH": folder.url.path]) }
  }

  @Test func theRestIsRead() throws {
    #expect(try hub([:]).endpoint == "https://huggingface.co")
    #expect(try hub(["HF_ENDPOINT": "https://mirror.example/"]).endpoint == "https://mirror.example")
    #expect(try hub(["HF_HUB_ETAG_TIMEOUT": "3"]).metadataTimeout == .seconds(3))
    #expect(try hub(["HF_HUB_DOWNLOAD_TIMEOUT": "30"]).downloadTimeout == .seconds(30))
    for value in ["0", "-1", "soon", "1.5", "999999"] {
      #expect(throws: HubError.invalidSetting(name: "HF_HUB_DOWNLOAD_TIMEOUT", value: value)) {
        try hub(["HF_HUB_DOWNLOAD_TIMEOUT": value])
      }
    }
    #expect(try hub(["CURL_CA_BUNDLE": "/ca"]).certificates == "/ca")
    #expect(try hub(["CURL_CA_BUNDLE": "/ca", "REQUESTS_CA_BUNDLE": "~/own"]).certificates == "/nobody/own")
    // The process's own.
    #expect(try !ModelHub().cacheFolder.isEmpty)
  }
}
