import Foundation
import TestSupport
import Testing

/// `aiguard train`: what it takes, how it ends, and that being killed changes nothing.
@Suite(.enabled(if: Tool.isBuilt)) struct TrainCommandTests {
  private static let recipe = """
    {"max_steps": 24, "per_device_train_batch_size": 4, "learning_rate": 5e-3, "save_steps": 2, "logging_steps": 3,
     "ema_decay": 0.9, "validation": {"fraction": 0.2, "group_by": "content"}}
    """

  /// Makes images, a configuration and a recipe.
  private func prepare(_ folder: URL, recipe: String = recipe) throws {
    try ToyImages.write(10, to: folder.appendingPathComponent("data"))
    try ToyImages.writeConfiguration(to: folder.appendingPathComponent("net"))
    try Data(recipe.utf8).write(to: folder.appendingPathComponent("recipe.json"))
  }

  private func arguments(_ folder: URL, out: String, _ more: String...) -> [String] {
    func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
    return [
      "train", "--data", path("data"), "--config", path("net/config.json"), "--recipe", path("recipe.json"),
      "--threads", "2", "--out", path(out),
    ] + more
  }

  private func expectSame(_ one: String, _ other: String, in folder: URL) throws {
    for name in ["model.safetensors", "log.jsonl", "training.json", "README.md", "config.json"] {
      let (left, right) = (
        try Data(contentsOf: folder.appendingPathComponent("\(one)/\(name)")),
        try Data(contentsOf: folder.appendingPathComponent("\(other)/\(name)"))
      )
      #expect(left == right, "\(name)")
    }
  }

  @Test func killedRunsEndAsOthers() throws {
    try withTemporaryDirectory { folder in
      try prepare(folder)
      let begin = ContinuousClock.now
      let whole = try Tool.run(arguments(folder, out: "whole"))
      let time = begin.duration(to: .now)
      #expect(whole.status == 0, "\(whole.errors)")
      var random = SplitMix64(seed: UInt64.random(in: 0 ... .max))
      for _ in 0..<4 {
        let process = Tool.process(arguments(folder, out: "killed", "--resume"))
        process.standardError = FileHandle.nullDevice
        try process.run()
        let share = Double.random(in: 0.2...0.9, using: &random)
        Thread.sleep(forTimeInterval: time / .seconds(1) * share)
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
      }
      let last = try Tool.run(arguments(folder, out: "killed", "--resume"))
      #expect(last.status == 0, "\(last.errors)")
      try expectSame("whole", "killed", in: folder)
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: folder.appendingPathComponent("killed").path)
          .sorted() == [
            "README.md", "config.json", "log.jsonl", "model.safetensors", "preprocessor_config.json",
            "training.json",
          ])
    }
  }

  /// The system ends the process in the middle of a file that becomes too large: of a state that is being written half is
  /// on the disk, under its temporary name.
  @Test func runsKilledWhileTheyWriteEndAsOthers() throws {
    try withTemporaryDirectory { folder in
      try prepare(folder)
      #expect(try Tool.run(arguments(folder, out: "whole")).status == 0)
      for blocks in [8, 40, 80] {
        let killed = try Tool.run(
          arguments(folder, out: "killed", "--resume"), shellPrefix: "ulimit -f \(blocks); exec")
        // Where the signal is ignored, the write fails instead.
        #expect(killed.status != 0, "\(killed.status) \(killed.errors)")
      }
      #expect(try Tool.run(arguments(folder, out: "killed", "--resume")).status == 0)
      try expectSame("whole", "killed", in: folder)
    }
  }

  @Test func requestsToEndSaveFirst() throws {
    try withTemporaryDirectory { folder in
      try prepare(folder, recipe: #"{"max_steps": 1000000, "learning_rate": 1e-3}"#)
      let process = Tool.process(arguments(folder, out: "out"))
      let errors = Pipe()
      process.standardError = errors
      try process.run()
      // The log is there from the first step on.
      let log = folder.appendingPathComponent("out/log.jsonl").path
      while process.isRunning, !FileManager.default.fileExists(atPath: log) {
        Thread.sleep(forTimeInterval: 0.01)
      }
      process.terminate()
      process.waitUntilExit()
      let said = String(decoding: try errors.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
      #expect(process.terminationReason == .exit && process.terminationStatus == 1, "\(said)")
      #expect(said.contains("--resume goes on from here"))
      #expect(
        FileManager.default.fileExists(
          atPath: folder.appendingPathComponent("out/run/state.safetensors").path))
    }
  }

  @Test(
    arguments: [
      (["train"], 2, "Missing expected argument '--data <data>'"),
      (["train", "--data", "d", "--recipe", "r", "--out", "o"], 2, "say either --from or --config"),
      (
        ["train", "--data", "d", "--recipe", "r", "--out", "o", "--config", "c", "--from", "m"], 2,
        "say either"
      ),
      (["train", "--data", "d", "--recipe", "none.json", "--out", "o", "--config", "c"], 2, "none.json"),
    ] as [([String], Int32, String)])
  func wrongUsageSaysWhatIsWrong(arguments: [String], status: Int32, message: String) throws {
    let outcome = try Tool.run(arguments)
    #expect(outcome.status == status)
    #expect(outcome.errors.contains(message), "\(outcome.errors)")
  }

  @Test func badRecipesDataAndModelsEndDifferently() throws {
    try withTemporaryDirectory { folder in
      try prepare(folder, recipe: #"{"learning_rat": 1}"#)
      let recipe = try Tool.run(arguments(folder, out: "out"))
      #expect(
        recipe.status == 2 && recipe.errors.contains("unknown key \"learning_rat\""), "\(recipe.errors)")
      try Data("{}".utf8).write(to: folder.appendingPathComponent("recipe.json"))
      try Data("{}".utf8).write(to: folder.appendingPathComponent("net/preprocessor_config.json"))
      try Data(#"{"model_type": "unknown"}"#.utf8).write(to: folder.appendingPathComponent("net/config.json"))
      let model = try Tool.run(arguments(folder, out: "out"))
      #expect(model.status == 3, "\(model.errors)")
      try FileManager.default.removeItem(at: folder.appendingPathComponent("data"))
      let data = try Tool.run(arguments(folder, out: "out"))
      #expect(data.status == 1 && data.errors.contains("data"), "\(data.errors)")
    }
  }
}
