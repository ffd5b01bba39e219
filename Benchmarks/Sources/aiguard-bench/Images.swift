import CCodecLoop
import Foundation
import ImageProcessor

// Decoding and preprocessing, for images/run.py to drive:
//
//   aiguard-bench --images
//
// To a line `OPERATION COUNT FILE` it answers with the times of COUNT runs and the peak memory until then:
//
//   codec      the codec alone, row by row, without this library
//   decode     file to RGB in memory
//   resize     RGB in memory to RGB of 224 x 224, bilinear
//   image      RGB in memory to pixel values of 224 x 224
//   file       file to pixel values of 224 x 224

struct ImageRun: Encodable {
  var ns: [Int64]
  var peak_kb: Int
}

func codecLoop(_ path: String) throws -> (UnsafePointer<UInt8>?, Int) -> CInt {
  switch URL(fileURLWithPath: path).pathExtension {
  case "jpg": return codec_loop_jpeg
  case "png": return codec_loop_png
  case "265": return codec_loop_hevc
  case let other: throw UsageError(description: "no codec is measured alone for '\(other)'")
  }
}

func operation(_ name: Substring, _ path: String) throws -> () throws -> Void {
  let data = try Data(contentsOf: URL(fileURLWithPath: path))
  let processor = try ViTImageProcessor(config: ImageProcessorConfig())
  switch name {
  case "codec":
    let loop = try codecLoop(path)
    return {
      try data.withUnsafeBytes { bytes in
        guard loop(bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count) == 1 else {
          throw UsageError(description: "the codec refuses \(path)")
        }
      }
    }
  case "decode": return { _ = try data.withUnsafeBytes { try ImageDecoder.decode($0) } }
  case "file": return { _ = try data.withUnsafeBytes { try processor.preprocess(imageBytes: $0) } }
  case "resize", "image":
    let image = try data.withUnsafeBytes { try ImageDecoder.decode($0).image }
    if name == "image" { return { _ = try processor.preprocess(image) } }
    return { _ = try image.resized(width: 224, height: 224, filter: .bilinear) }
  default: throw UsageError(description: "no operation '\(name)'")
  }
}

func serveImages() throws {
  while let line = readLine() {
    let words = line.split(separator: " ", maxSplits: 2)
    guard words.count == 3, let count = Int(words[1]), count > 0 else {
      throw UsageError(description: "expected 'OPERATION COUNT FILE', not '\(line)'")
    }
    let body = try operation(words[0], String(words[2]))
    let times = try (0..<count).map { _ in try nanoseconds(of: body) }
    try answer(ImageRun(ns: times, peak_kb: peakMemory()))
  }
}
