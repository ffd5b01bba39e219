import AIGuardVision
import Checkpoint
import Datasets
import Foundation
import JSONText
import TensorCore
import TestSupport
import Testing

@testable import Training

/// Whole runs of a tiny network on images that are easy to tell apart.
@Suite struct RunTests {
  /// A run in a folder of its own: `data`, `net` and `out` in it.
  private struct Bench {
    let folder: URL
    var recipe = TrainingRecipe()
    var options = TrainingRun.Options()
    var start: TrainingStart
    var output = "out"

    init(_ folder: URL, count: Int = 20, labels: [String]? = ToyImages.labels) throws {
      self.folder = folder
      try ToyImages.write(count, to: folder.appendingPathComponent("data"))
      try ToyImages.writeConfiguration(to: folder.appendingPathComponent("net"), labels: labels)
      start = .fresh(config: folder.appendingPathComponent("net").path)
      recipe.learningRate = 5e-3
      recipe.batchSize = 8
      recipe.epochs = 3
      recipe.loggingSteps = 2
      options.budget = ComputeBudget(threads: 2)
    }

    func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
    func bytes(_ name: String) throws -> Data { try Data(contentsOf: folder.appendingPathComponent(name)) }
    var data: ImageDataset { get throws { try ImageDataset(path: path("data")) } }

    @discardableResult
    func run(
      isCancelled: () -> Bool = { false }, report: (TrainingEvent) -> Void = { _ in }
    ) throws -> TrainingOutcome {
      try TrainingRun(data: data, start: start, recipe: recipe, output: path(output), options: options)
        .runAndWait(isCancelled: isCancelled, report: report)
    }

    /// The lines of the log that are of an event.
    func log(_ event: String) throws -> [JSONObject] {
      try bytes("\(output)/log.jsonl").split(separator: UInt8(ascii: "\n")).map {
        try #require(try JSONValue(parsing: Array($0), options: .python).objectValue)
      }.filter { $0["event"] == .string(event) }
    }
  }

  @Test func separableImagesAreLearnt() throws {
    try withTemporaryDirectory { folder in
      var bench = try Bench(folder)
      bench.recipe.epochs = 12
      bench.recipe.validation = .fraction(0.2, groupedBy: .content)
      let outcome = try bench.run()
      #expect(outcome.ending == .allSteps)
      #expect(outcome.figures?.accuracy == 1)
      #expect(outcome.figures?.balancedAccuracy == 1)
      let losses = try bench.log("step").compactMap { $0["loss"]?.numberValue }
      let (first, last) = (try #require(losses.first), try #require(losses.last))
      #expect(first > 0.5 && last < 0.1, "\(losses)")
      // What comes out is a model as any other, and says the same.
      let classifier = try ImageClassifier(folder: bench.path("out"))
      for label in ToyImages.labels {
        let result = try classifier.classifyAndWait(fileAt: bench.path("data/\(label)/0.bmp"))
        #expect(result[0].label == label)
      }
      #expect(!FileManager.default.fileExists(atPath: bench.path("out/run")))
    }
  }

  @Test(arguments: [
    TrainingRecipe.Learned.all, .lastLayers(1), .head, .lora(rank: 2, alpha: 4, modules: ["q_proj"]),
  ])
  func threadsDoNotChangeABit(learned: TrainingRecipe.Learned) throws {
    try withTemporaryDirectory { folder in
      var bench = try Bench(folder, count: 9)
      bench.recipe.maximumSteps = 4
      bench.recipe.accumulation = 2
      bench.recipe.averageDecay = 0.9
      bench.recipe.learned = learned
      var models: [Data] = []
      for threads in [1, 2, 3] {
        bench.output = "out\(threads)"
        bench.options.budget = ComputeBudget(threads: threads)
        try bench.run()
        models.append(try bench.bytes("out\(threads)/model.safetensors"))
        models.append(try bench.bytes("out\(threads)/log.jsonl"))
      }
      #expect(models[0] == models[2] && models[0] == models[4])
      #expect(models[1] == models[3] && models[1] == models[5])
    }
  }

  /// What does not learn is what it was.
  /// `ViTForImageClassification` takes `BCEWithLogitsLoss` of such a model, the mean over images and logits.
  @Test func modelsOfSeveralLabelsLearnEachLogit() throws {
    try withTemporaryDirectory { folder in
      var bench = try Bench(folder)
      let path = folder.appendingPathComponent("net/config.json")
      let config = try String(contentsOf: path, encoding: .utf8)
      try Data(
        config.replacing(
          "\"model_type\"", with: "\"problem_type\": \"multi_label_classification\", \"model_type\""
        ).utf8
      ).write(to: path)
      bench.recipe.maximumSteps = 1
      bench.recipe.warmup = 1  // the first update has the rate 0
      bench.recipe.batchSize = 40
      bench.recipe.validation = .fraction(0.5, groupedBy: .none)
      let run = try TrainingRun(
        data: bench.data, start: bench.start, recipe: bench.recipe, output: bench.path("out"),
        options: bench.options)
      let outcome = try run.runAndWait()
      let classifier = try ImageClassifier(folder: bench.path("out"))
      func loss(_ images: ImageDataset) throws -> Double {
        var sum = 0.0
        for record in images.records {
          for entry in try classifier.classifyAndWait(imageBytes: images.bytes(of: record)) {
            let logit = Double(entry.logit)
            sum += log1p(exp(entry.label == record.label ? -logit : logit))
          }
        }
        return sum / Double(2 * images.records.count)
      }
      let judged = try #require(outcome.figures?.loss)
      #expect(abs(judged - (try loss(#require(run.validationImages)))) < 1e-6)
      let learnt = try #require(bench.log("step").first?["loss"]?.numberValue)
      #expect(abs(learnt - (try loss(run.trainingImages))) < 1e-6)
      #expect(abs(learnt - 0.69) < 0.1)

      bench.output = "smooth"
      bench.recipe.labelSmoothing = 0.1
      let error = #expect(throws: TrainingRunError.self) { try bench.run() }
      #expect(error?.description.contains("label_smoothing_factor") == true)
    }
  }

  @Test func frozenPartsStayAsTheyWere() throws {
    try withTemporaryDirectory { folder in
      var bench = try Bench(folder, count: 4)
      bench.recipe.maximumSteps = 2
      try bench.run()
      bench.start = .model(folder: bench.path("out"))
      bench.output = "head"
      bench.recipe.learned = .head
      try bench.run()
      let (before, after) = (
        try SafetensorsFile(contentsOf: bench.path("out/model.safetensors")),
        try SafetensorsFile(contentsOf: bench.path("head/model.safetensors"))
      )
      #expect(before.names.sorted() == after.names.sorted())
      for name in before.names {
        let isSame = try before.tensor(name).elements == after.tensor(name).elements
        #expect(isSame != name.hasPrefix("classifier."), "\(name)")
      }
    }
  }

  @Test func otherLabelsGetAHeadOfTheirOwn() throws {
    try withTemporaryDirectory { folder in
      var bench = try Bench(folder, count: 4, labels: nil)
      bench.recipe.maximumSteps = 1
      var notes: [String] = []
      try bench.run(report: { event in if case .note(let text) = event { notes.append(text) } })
      #expect(notes.contains { $0.contains("LABEL_0, LABEL_1") && $0.contains("bright, dark") })
      #expect(try ImageClassifier(folder: bench.path("out")).labels == ["bright", "dark"])
    }
  }

  // MARK: Interruptions

  /// Stopped before each update in turn and gone on with, a run ends as one that was not stopped.
  @Test func interruptedRunsEndAsOthers() throws {
    try withTemporaryDirectory { folder in
      var bench = try Bench(folder, count: 10)
      bench.recipe.maximumSteps = 7
      bench.recipe.accumulation = 2
      bench.recipe.averageDecay = 0.9
      bench.recipe.validation = .fraction(0.2, groupedBy: .none)
      bench.recipe.loggingSteps = 3
      try bench.run()
      let whole = (try bench.bytes("out/model.safetensors"), try bench.bytes("out/log.jsonl"))
      bench.output = "pieces"
      bench.options.resumes = true
      for _ in 0..<6 {
        var asked = 0
        #expect(throws: CancellationError.self) {
          try bench.run(isCancelled: {
            asked += 1
            return asked == 2
          })
        }
      }
      try bench.run()
      #expect(try bench.bytes("pieces/model.safetensors") == whole.0)
      #expect(try bench.bytes("pieces/log.jsonl") == whole.1)
      #expect(try bench.bytes("pieces/training.json") == bench.bytes("out/training.json"))
      #expect(try bench.bytes("pieces/README.md") == bench.bytes("out/README.md"))
      // A run that is complete says so, and changes nothing.
      #expect(try bench.run().steps == 7)
      #expect(try bench.bytes("pieces/model.safetensors") == whole.0)
    }
  }

  @Test func statesOfOtherRunsAreRefusedByName() throws {
    try withTemporaryDirectory { folder in
      var bench = try Bench(folder, count: 6)
      bench.recipe.maximumSteps = 3
      var asked = 0
      #expect(throws: CancellationError.self) {
        try bench.run(isCancelled: {
          asked += 1
          return asked == 2
        })
      }
      #expect(throws: TrainingRunError.unfinished(folder: bench.path("out"))) { try bench.run() }
      bench.options.resumes = true
      func refused(_ change: (inout Bench) throws -> Void) throws -> String? {
        var other = bench
        try change(&other)
        let error = #expect(throws: TrainingRunError.self) { try other.run() }
        guard case .otherRun(_, let what, _, _) = error else { return error.map { "\($0)" } }
        return what
      }
      #expect(try refused { $0.recipe.learningRate = 1e-3 } == "recipe")
      #expect(try refused { $0.options.policy = .pipeline } == "image processing")
      #expect(
        try refused {
          try ToyImages.writeConfiguration(to: folder.appendingPathComponent("net2"), layers: 1)
          $0.start = .fresh(config: $0.path("net2"))
        } == "network")
      // One pixel of one image.
      let image = folder.appendingPathComponent("data/dark/0.bmp")
      var bytes = try Data(contentsOf: image)
      bytes[bytes.count - 1] ^= 1
      try bytes.write(to: image)
      #expect(try refused { _ in } == "training images")
      bytes[bytes.count - 1] ^= 1
      try bytes.write(to: image)
      // The log that the state belongs to.
      try FileManager.default.removeItem(atPath: bench.path("out/log.jsonl"))
      let error = #expect(throws: TrainingRunError.self) { try bench.run() }
      guard case .logIsGone = error else { return #expect(Bool(false), "\(String(describing: error))") }
    }
  }

  @Test func damagedStatesAreRefused() throws {
    try withTemporaryDirectory { folder in
      var bench = try Bench(folder, count: 6)
      bench.recipe.maximumSteps = 3
      bench.options.resumes = true
      var asked = 0
      #expect(throws: CancellationError.self) {
        try bench.run(isCancelled: {
          asked += 1
          return asked == 2
        })
      }
      let file = folder.appendingPathComponent("out/run/state.safetensors")
      let state = try Data(contentsOf: file)
      try state.prefix(state.count / 2).write(to: file)
      #expect(throws: CheckpointError.self) { try bench.run() }
      let text = String(decoding: state, as: Unicode.ASCII.self)
      let range = try #require(text.range(of: "exp_avg_sq/"))
      let place = text.distance(from: text.startIndex, to: range.lowerBound)
      var renamed = state
      renamed[place] = UInt8(ascii: "X")
      try renamed.write(to: file)
      #expect(throws: TrainingRunError.self) { try bench.run() }
    }
  }

  // MARK: Failures

  /// At the one rate gradients or logits fail before a step, at the other the step itself spoils the values.
  @Test(arguments: [1e20, 1e38])
  func whatIsNoNumberStopsWithStepAndFiles(rate: Double) throws {
    try withTemporaryDirectory { folder in
      var bench = try Bench(folder, count: 6)
      bench.recipe.learningRate = rate
      bench.recipe.maximumSteps = 30
      bench.recipe.saveSteps = 1
      bench.recipe.warmup = 2
      let error = #expect(throws: TrainingRunError.self) { try bench.run() }
      guard case .notFinite(let step, _, let files) = error else {
        return #expect(Bool(false), "\(String(describing: error))")
      }
      #expect(step >= 1 && files.count == 8 || files.count == 4)
      #expect(files.allSatisfy { $0.hasSuffix(".bmp") })
      // The state before that step is there.
      let state = try SafetensorsFile(contentsOf: bench.path("out/run/state.safetensors"))
      for name in state.names { #expect(try state.tensor(name).elements.allSatisfy(\.isFinite), "\(name)") }
      #expect(!FileManager.default.fileExists(atPath: bench.path("out/model.safetensors")))
    }
  }

  @Test func badFilesAreLeftOutAndCounted() throws {
    try withTemporaryDirectory { folder in
      var bench = try Bench(folder, count: 6)
      for name in ["data/dark/9.bmp", "data/bright/8.bmp"] {
        try Data("BM and nothing more".utf8).write(to: folder.appendingPathComponent(name))
      }
      bench.recipe.epochs = 2
      var skipped: [String] = []
      let outcome = try bench.run(report: { event in
        if case .skipped(let file, _) = event { skipped.append(file) }
      })
      #expect(Set(skipped) == ["dark/9.bmp", "bright/8.bmp"] && skipped.count == 2)
      #expect(Set(outcome.skipped) == Set(skipped))
      #expect(try bench.log("skipped").count == 2)
      #expect(
        String(decoding: try bench.bytes("out/README.md"), as: UTF8.self).contains(
          "2 files could not be read"))
      #expect(try bench.log("step").last?["images"] == .integer(28))
    }
  }

  @Test func foldersThatHaveAModelAreLeftAlone() throws {
    try withTemporaryDirectory { folder in
      let bench = try Bench(folder, count: 4)
      try ToyImages.writeConfiguration(to: folder.appendingPathComponent("out"))
      #expect(throws: TrainingRunError.hasModel(folder: bench.path("out"))) { try bench.run() }
    }
  }

  @Test func patienceEndsARun() throws {
    try withTemporaryDirectory { folder in
      var bench = try Bench(folder, count: 8)
      bench.recipe.epochs = 50
      // Nothing can become better.
      bench.recipe.learningRate = 1e-30
      bench.recipe.validation = .fraction(0.25, groupedBy: .none)
      bench.recipe.patience = 3
      bench.recipe.metric = .accuracy
      let outcome = try bench.run()
      #expect(outcome.ending == .earlyStopping)
      #expect(try bench.log("validation").count == 4)
      #expect(try bench.log("end").first?["reason"] == .string("early_stopping"))
    }
  }

  @Test func cardAndReportSayWhatWasDone() throws {
    try withTemporaryDirectory { folder in
      var bench = try Bench(folder, count: 6)
      bench.recipe.summary = "A recipe | of a *test*"
      bench.recipe.epochs = 1
      bench.recipe.validation = .fraction(0.3, groupedBy: .content)
      bench.options.dtype = .float16
      try bench.run()
      let card = String(decoding: try bench.bytes("out/README.md"), as: UTF8.self)
      let hash = try bench.data.listHash()
      for part in [
        hash, "| training | 8 | 4 | 4 |", "| validation | 4 | 2 | 2 |", #"A recipe \| of a \*test\*"#,
        "float16", "# license:",
      ] {
        #expect(card.contains(part), "\(part): \(card)")
      }
      let report = try #require(
        try JSONValue(parsing: Array(bench.bytes("out/training.json")), options: .python).objectValue)
      #expect(try TrainingRecipe(try #require(report["recipe"]?.objectValue)) == bench.recipe)
      #expect(report["data"]?.objectValue?["image_list_sha256"] == .string(hash))
      #expect(
        try SafetensorsFile(contentsOf: bench.path("out/model.safetensors")).tensors["classifier.weight"]?
          .dtype == .float16)
      #expect(try PretrainedConfig(contentsOf: bench.path("out/config.json")).torchDType == .float16)
    }
  }
}
