import Foundation
@_spi(Benchmarks) import Training
import TensorCore

/// Steps of training, for training/run.py to drive: `aiguard-bench --train CONFIG BATCH THREADS LAYERS`.
///
/// CONFIG is a folder with a `config.json`, LAYERS how many layers from the end are taught, or `all`. It answers as the
/// forward passes do, with the loss of the last step in place of logits.
func serveTraining(_ arguments: [String]) throws {
  guard arguments.count == 4, let batch = Int(arguments[1]), let threads = Int(arguments[2]), batch > 0,
    threads > 0,
    arguments[3] == "all" || Int(arguments[3]) != nil
  else { throw UsageError(description: "usage: aiguard-bench --train CONFIG BATCH THREADS LAYERS|all") }
  var made: OptimizationStepBenchmark?
  let loading = try nanoseconds {
    made = try OptimizationStepBenchmark(
      folder: arguments[0], batch: batch, layers: Int(arguments[3]), budget: ComputeBudget(threads: threads))
  }
  guard let benchmark = made else { return }
  try answer(Ready(kernels: "\(KernelLevel.active())", load_ns: loading))
  while let line = readLine() {
    let words = line.split(separator: " ")
    if words.first == "quit" { break }
    guard words.count == 2, words[0] == "run", let count = Int(words[1]), count > 0 else {
      throw UsageError(description: "expected 'run N' or 'quit', not '\(line)'")
    }
    var run = Steps(ns: [], loss: 0)
    for _ in 0..<count { run.ns.append(try nanoseconds { run.loss = try benchmark.step() }) }
    try answer(run)
  }
  try answer(Peak(peak_kb: peakMemory()))
}

struct Steps: Encodable {
  var ns: [Int64]
  var loss: Double
}
