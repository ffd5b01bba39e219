import AIGuardVision
import CPeak
import Foundation

// One engine in a process of its own, for peers/run.py to drive:
//
//   aiguard-bench [--packed-cache FOLDER] [--precision float32|bfloat16|int8] MODEL PIXELS BATCH THREADS
//
// MODEL is a Hugging Face folder, PIXELS a file of raw little-endian float32 [BATCH, channels, height, width]. Each
// answer is one line of JSON: after loading `{"engine", "kernels", "load_ns"}`; to a line `run N` the times of N
// forward passes and the logits of the last; to `quit`, or at the end of the input, the peak memory.
//
//   aiguard-bench --peak
//
// prints the arithmetic peaks of the machine, a line `peak <precision> t<threads> <GFLOP/s>` for each arithmetic that
// the CPU has instructions for.
//
//   aiguard-bench --images
//
// measures decoding and preprocessing: see Images.swift.
//
//   aiguard-bench --train CONFIG BATCH THREADS LAYERS
//
// measures steps of training: see Training.swift.

struct UsageError: Error, CustomStringConvertible {
  var description: String
}

struct Ready: Encodable {
  var engine = "AIGuardVision"
  var kernels: String
  var load_ns: Int64
}

struct Run: Encodable {
  var ns: [Int64]
  var logits: [Float]
}

struct Peak: Encodable {
  var peak_kb: Int
}

func answer(_ value: some Encodable) throws {
  try FileHandle.standardOutput.write(contentsOf: JSONEncoder().encode(value) + Data("\n".utf8))
}

func nanoseconds(of body: () throws -> Void) rethrows -> Int64 {
  let duration = try ContinuousClock().measure(body)
  return duration.components.seconds * 1_000_000_000 + duration.components.attoseconds / 1_000_000_000
}

/// The most memory the process has held, in kB; 0 where the system does not say.
func peakMemory() -> Int {
  guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else { return 0 }
  let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
  return line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0
}

func pixelValues(_ path: String, batch: Int, config: AutoConfig) throws -> Tensor {
  let data = try Data(contentsOf: URL(fileURLWithPath: path))
  let shape = [batch, config.numChannels, config.imageSize.height, config.imageSize.width]
  guard data.count == 4 * shape.reduce(1, *) else {
    throw UsageError(description: "\(path) has \(data.count) bytes, not those of float32 \(shape)")
  }
  let elements = data.withUnsafeBytes { bytes in
    (0..<bytes.count / 4).map {
      Float(bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)))
    }
  }
  return try Tensor(elements, shape: shape)
}

func printPeaks() {
  let arithmetics: [(Precision, peak_arithmetic)] = [
    (.float32, peak_float32), (.bfloat16, peak_bfloat16), (.int8, peak_int8),
  ]
  for (precision, arithmetic) in arithmetics {
    for threads in [1, 2] where threads <= ComputeBudget.availableThreads {
      let rate = peak_measure(arithmetic, Int32(threads)) / 1e9
      if rate > 0 { print("peak \(precision.rawValue) t\(threads) \(Int(rate.rounded()))") }
    }
  }
}

func serve(_ arguments: [String]) throws {
  var arguments = arguments
  var packedCache: PackedCache?
  if arguments.first == "--packed-cache", arguments.count > 1 {
    packedCache = PackedCache(folder: arguments[1])
    arguments.removeFirst(2)
  }
  var precision = Precision.float32
  if arguments.first == "--precision", arguments.count > 1 {
    guard let named = Precision(rawValue: arguments[1]) else {
      throw UsageError(description: "no precision '\(arguments[1])'")
    }
    precision = named
    arguments.removeFirst(2)
  }
  guard arguments.count == 4, let batch = Int(arguments[2]), let threads = Int(arguments[3]),
    batch > 0, threads > 0
  else { throw UsageError(description: "usage: aiguard-bench MODEL PIXELS BATCH THREADS") }
  let budget = ComputeBudget(threads: threads)
  var loaded: ImageClassifier?
  let loading = try nanoseconds {
    loaded = try ImageClassifier(
      folder: arguments[0], precision: precision, budget: budget, packedCache: packedCache)
  }
  guard let model = loaded?.model else { return }
  let pixels = try pixelValues(arguments[1], batch: batch, config: model.config)
  try answer(Ready(kernels: "\(model.kernelLevel)", load_ns: loading))

  while let line = readLine() {
    let words = line.split(separator: " ")
    if words.first == "quit" { break }
    guard words.count == 2, words[0] == "run", let count = Int(words[1]), count > 0 else {
      throw UsageError(description: "expected 'run N' or 'quit', not '\(line)'")
    }
    var run = Run(ns: [], logits: [])
    for _ in 0..<count {
      run.ns.append(try nanoseconds { run.logits = try model(pixels, budget: budget).logits.elements })
    }
    try answer(run)
  }
  try answer(Peak(peak_kb: peakMemory()))
}

do {
  let arguments = Array(CommandLine.arguments.dropFirst())
  switch arguments {
  case _ where arguments.first == "--train": try serveTraining(Array(arguments.dropFirst()))
  case ["--peak"]: printPeaks()
  case ["--images"]: try serveImages()
  default: try serve(arguments)
  }
} catch {
  FileHandle.standardError.write(Data("aiguard-bench: \(error)\n".utf8))
  exit(1)
}
