import Checkpoint
import Foundation
import Testing

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
    #expect(throws: ModelFolderError(folder: folder.path, problem: .noWeights)) {
      try ModelFolder(folder.path).weightsPath()
    }
    for path in [folder.path + "/none", try folder.write([], to: "file"), "a\0b"] {
      #expect(throws: ModelFolderError(folder: path, problem: .notAFolder)) {
        try ModelFolder(path).weightsPath()
      }
    }
    // A folder of that name is no file.
    try FileManager.default.createDirectory(
      atPath: folder.path + "/model.safetensors", withIntermediateDirectories: false)
    #expect(throws: ModelFolderError(folder: folder.path, problem: .noWeights)) {
      try ModelFolder(folder.path).weightsPath()
    }
  }
}
