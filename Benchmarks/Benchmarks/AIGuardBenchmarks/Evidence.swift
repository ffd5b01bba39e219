import AIGuardVision
import Benchmark
import Foundation

/// Reading what a file says of itself: a photograph without a manifest, and signed files, one of them with a store of 1 MB
/// (`AIGUARD_BENCH_EVIDENCE`, which is not part of the repository). Bytes are in memory.
func addEvidence() throws {
  let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../../Fixtures").standardizedFileURL
  var files = [
    ("no manifest", fixtures.appendingPathComponent("photos/chelsea.jpg")),
    ("generator's text", fixtures.appendingPathComponent("evidence/m10-comfyui.png")),
    ("manifest", fixtures.appendingPathComponent("evidence/c2pa/samples/c01-jpeg-es256-v2-ai.jpg")),
  ]
  if let path = ProcessInfo.processInfo.environment["AIGUARD_BENCH_EVIDENCE"] {
    files.append(("AIGUARD_BENCH_EVIDENCE", URL(fileURLWithPath: path)))
  }
  let (reader, instant) = (EvidenceReader(), UTCTime(secondsSince1970: 1_795_651_200))
  for (name, url) in files {
    let bytes = [UInt8](try Data(contentsOf: url))
    Benchmark("evidence, \(name)") { benchmark in
      for _ in benchmark.scaledIterations { blackHole(reader.read(imageBytes: bytes, at: instant)) }
    }
  }
}
