import Foundation
import Platform
import TestSupport
import Testing

@testable import Checkpoint

@Suite struct ModelFolderTests {
  @Test func theWeightsAreFoundByName() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write([], to: "model.safetensors")
    _ = try folder.write([], to: "pytorch_model.bin")
    #expect(try ModelFolder(folder.path).weightsPath() == path)
    #expect(ModelFolder(folder.path).configPath == folder.path + "/config.json")
  }

  @Test func aLinkIsFollowedAsInTheHubsCache() throws {
    let folder = try TemporaryFolder()
    _ = try folder.write([], to: "blob")
    try FileManager.default.createSymbolicLink(
      atPath: folder.path + "/model.safetensors", withDestinationPath: "blob")
    #expect(try ModelFolder(folder.path).weightsPath().hasSuffix("/model.safetensors"))
  }

  @Test func theReferencesOrderOfPreference() throws {
    let folder = try TemporaryFolder()
    for name in ModelFolder.weightFileNames.reversed() {
      let path = try folder.write([], to: name)
      #expect(try ModelFolder(folder.path).weightsPath() == path)
    }
  }

  @Test func missingFoldersAndFilesAreTypedErrors() throws {
    let folder = try TemporaryFolder()
    #expect(throws: CheckpointError(file: folder.path, problem: .noWeights)) {
      try ModelFolder(folder.path).weightsPath()
    }
    for path in [folder.path + "/none", try folder.write([], to: "file"), "a\0b"] {
      #expect(throws: CheckpointError(file: path, problem: .notAFolder)) {
        try ModelFolder(path).weightsPath()
      }
    }
    // A folder of that name is no file.
    try FileManager.default.createDirectory(
      atPath: folder.path + "/model.safetensors", withIntermediateDirectories: false)
    #expect(throws: CheckpointError(file: folder.path, problem: .noWeights)) {
      try ModelFolder(folder.path).weightsPath()
    }
  }

  // MARK: What is there instead

  private func message(_ names: [String]) throws -> String {
    let folder = try TemporaryFolder()
    for name in names { _ = try folder.write([], to: name) }
    do {
      return try ModelFolder(folder.path).weightsPath()
    } catch { return "\(error)" }
  }

  @Test(arguments: [
    ("adapter_model.safetensors", "merge"), ("adapter_config.json", "merge"), ("adapter_model.bin", "merge"),
    ("model.onnx", "ONNX"), ("tf_model.h5", "TensorFlow"), ("flax_model.msgpack", "Flax"),
    ("model-q4.gguf", "GGUF"),
    ("model.pth", "--weights"), ("last.ckpt", "--weights"), ("best.pt", "--weights"),
    ("vit.safetensors", "--weights"),
  ])
  func otherFormsAreNamed(_ name: String, _ advice: String) throws {
    let text = try message([name, "README.md", "optimizer.pt", "training_args.bin"])
    #expect(text.contains("but \(name): ") && text.contains(advice), "\(text)")
    #expect(!text.contains("optimizer") && !text.contains("README"))
  }

  @Test func whatIsNoWeightsIsNotNamed() throws {
    #expect(
      try message(["README.md", "optimizer.pt", "vocab.txt"]).hasSuffix("pytorch_model.bin.index.json"))
  }

  /// transformers applies an adapter that lies beside whole weights.
  @Test func anAdapterBesideWeightsIsRefused() throws {
    #expect(try message(["model.safetensors", "adapter_config.json"]).contains("adapter_config.json"))
    let folder = try TemporaryFolder()
    let path = try folder.write([], to: "model.safetensors")
    _ = try folder.write([], to: "adapter_config.json")
    #expect(try ModelFolder(folder.path).weightsPath(named: "model.safetensors") == path)
  }

  @Test func weightsCanBeNamed() throws {
    let folder = try TemporaryFolder()
    _ = try folder.write([], to: "model.safetensors")
    let files = ModelFolder(folder.path)
    for name in ["pytorch_model.bin", "a.safetensors", "b.pt", "c.pth", "d.ckpt", "e.index.json"] {
      #expect(throws: CheckpointError(file: folder.path, problem: .noSuchWeights(name: name))) {
        try files.weightsPath(named: name)
      }
      let path = try folder.write([], to: name)
      #expect(try files.weightsPath(named: name) == path)
    }
    for name in [
      "", ".", "..", "../model.safetensors", "/etc/passwd", "a/b.bin", "a\\b.bin", "a\0.bin", "config.json",
      "model.onnx",
    ] {
      #expect(throws: CheckpointError(file: folder.path, problem: .invalidWeightsName(name))) {
        try files.weightsPath(named: name)
      }
    }
  }

  // MARK: What stands in a file's place

  @Test(arguments: [
    (
      "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 343223968\n", "git-lfs-pointer",
      "git lfs pull"
    ),
    ("<!DOCTYPE html>\n<html><body>404</body></html>", "html-page", "HTML page"),
    ("\u{FEFF}  \n<HTML lang=\"en\">", "html-page", "HTML page"),
  ])
  func standInsAreNamed(_ text: String, _ kind: String, _ advice: String) throws {
    let folder = try TemporaryFolder()
    for name in ["model.safetensors", "pytorch_model.bin", "model.safetensors.index.json"] {
      let path = try folder.write(Array(text.utf8), to: name)
      let error = #expect(throws: (any Error).self) { try ModelWeights(contentsOf: path) }
      let message = "\(try #require(error))"
      #expect(message.hasPrefix(path + ": ") && message.contains(advice), "\(message)")
    }
    let path = try folder.write(Array(text.utf8), to: "config.json")
    let error = #expect(throws: CheckpointError.self) { try PretrainedConfig(contentsOf: path) }
    #expect(error?.kind == kind)
    #expect("\(try #require(error))".contains(advice))
  }

  @Test func otherRubbishIsNoStandIn() {
    for text in ["", "<", "<h", "version", "{}", "<xml>", "html"] {
      #expect(FileStandIn(Array(text.utf8)) == nil)
    }
  }

  // MARK: Modification

  /// Neither a link, nor permissions, nor a name change what a file holds.
  @Test func onlyChangesOfContentAreModifications() throws {
    let folder = try TemporaryFolder()
    let bytes = SafetensorsBytes.file([.init(name: "a", dtype: "U8", shape: [1], data: [1])])
    let path = try folder.write(bytes, to: "model.safetensors")
    let weights = try ModelWeights(contentsOf: path)
    let hash = try weights.sha256()
    let files = FileManager.default
    try files.linkItem(atPath: path, toPath: folder.path + "/link")
    try files.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    try files.moveItem(atPath: folder.path + "/link", toPath: folder.path + "/moved")
    #expect(try weights.modifiedFile() == nil)
    _ = try folder.write(bytes, to: "other")
    #expect(rename(folder.path + "/other", path) == 0)
    #expect(try weights.modifiedFile() == nil)
    #expect(try weights.sha256() == hash)
    // The descriptor's own file, which has another name now.
    let handle = try #require(FileHandle(forWritingAtPath: folder.path + "/moved"))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data([0]))
    try handle.close()
    #expect(try weights.modifiedFile() == path)
  }
}
