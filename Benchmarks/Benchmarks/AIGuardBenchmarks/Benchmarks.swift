import AIGuardDefaultModel
import AIGuardVision
import Benchmark
import Foundation
@_spi(Benchmarks) import TensorCore

// Our own kernels and forward passes over time; peers/run.py compares with other engines.
//
// AIGUARD_BENCH_MODEL names a model folder, for instance what `Fixtures/vit-base/make.py --write FOLDER` makes.

/// Numbers without a pattern that a kernel could profit from.
func tensor(_ shape: [Int]) throws -> Tensor {
  var state: UInt32 = 1
  let elements = (0..<shape.reduce(1, *)).map { _ -> Float in
    state = state &* 1_664_525 &+ 1_013_904_223
    return Float(state >> 8) / Float(1 << 23) - 1
  }
  return try Tensor(elements, shape: shape)
}

func addForwardPasses(_ name: String, _ model: ViTForImageClassification) throws {
  let config = model.config
  for batch in [1, 8] {
    let pixels = try tensor([batch, config.numChannels, config.imageSize.height, config.imageSize.width])
    Benchmark("\(name), batch \(batch)") { benchmark in
      for _ in benchmark.scaledIterations { blackHole(try model(pixels)) }
    }
  }
}

/// What one loop of a forward pass costs beyond its work: to publish it, to have a worker join, to wait for it.
func addLoops() {
  for threads in [1, 2] {
    let budget = ComputeBudget(threads: threads)
    for (work, microseconds) in [("empty", 0), ("20 us", 20), ("100 us", 100)] {
      // As many iterations as threads: a loop that cost nothing would take as long as one iteration.
      // A thousand one right after the other, because beyond a short gap workers sleep.
      let name = "parallel loop, \(work), threads \(threads)"
      Benchmark(name, configuration: .init(scalingFactor: .kilo, maxDuration: .seconds(3))) { benchmark in
        budget.run(loops: benchmark.scaledIterations.count, iterations: threads) { _ in
          let clock = ContinuousClock()
          let end = clock.now + .microseconds(microseconds)
          while microseconds > 0, clock.now < end {}
        }
      }
    }
  }
}

let benchmarks: @Sendable () -> Void = {
  Benchmark.defaultConfiguration = .init(
    metrics: [.wallClock, .throughput, .peakMemoryResident], maxDuration: .seconds(5), maxIterations: 1000)
  addLoops()
  do {
    // The matrix products of one encoder layer of ViT-B/16: rows are the tokens of one image.
    for (columns, inner) in [(768, 768), (3072, 768), (768, 3072)] {
      let (left, right) = (try tensor([197, inner]), try tensor([inner, columns]))
      Benchmark("matmul 197x\(inner)x\(columns)") { benchmark in
        for _ in benchmark.scaledIterations { blackHole(try left.matmul(right)) }
      }
    }
    let wide = try tensor([197, 3072])
    Benchmark("gelu 197x3072") { benchmark in
      for _ in benchmark.scaledIterations { blackHole(try wide.activated(.gelu)) }
    }
    let scores = try tensor([12, 197, 197])
    Benchmark("softmax 12x197x197") { benchmark in
      for _ in benchmark.scaledIterations { blackHole(try scores.softmax(scale: 0.125)) }
    }
    let (hidden, gamma, beta) = (try tensor([197, 768]), try tensor([768]), try tensor([768]))
    Benchmark("layer norm 197x768") { benchmark in
      for _ in benchmark.scaledIterations {
        blackHole(try hidden.layerNorm(gamma: gamma, beta: beta, epsilon: 1e-12))
      }
    }

    try addEvidence()
    try addForwardPasses("default model", ImageClassifier.defaultModel().model)
    if let folder = ProcessInfo.processInfo.environment["AIGUARD_BENCH_MODEL"] {
      try addForwardPasses("AIGUARD_BENCH_MODEL", ImageClassifier(folder: folder).model)
    }
  } catch {
    FileHandle.standardError.write(Data("cannot prepare the benchmarks: \(error)\n".utf8))
    exit(1)
  }
}
