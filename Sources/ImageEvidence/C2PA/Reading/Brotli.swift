#if Brotli
  internal import CLibBrotli
#endif

/// Compressed manifests, where the package is built with the trait `Brotli`.
enum Brotli {
  enum Outcome {
    case bytes([UInt8])
    case damaged(String)
    case notBuilt
  }

  /// The most that a compressed manifest may become: 16 MiB.
  static let manifestLimit = 16 << 20

  /// - Parameter limit: The most bytes that may come out; they are never allocated before they do.
  static func decompress(_ bytes: ArraySlice<UInt8>, limit: Int) -> Outcome {
    #if Brotli
      guard let decoder = BrotliDecoderCreateInstance(nil, nil, nil) else {
        return .damaged("there is no memory")
      }
      defer { BrotliDecoderDestroyInstance(decoder) }
      var output: [UInt8] = []
      // It is asked for pieces of its own memory, and given no room to write to.
      var room = 0
      let problem: String? = bytes.withUnsafeBufferPointer { input in
        var left = input.count
        var next = input.baseAddress
        while true {
          let result = BrotliDecoderDecompressStream(decoder, &left, &next, &room, nil, nil)
          var count = 0
          if let piece = BrotliDecoderTakeOutput(decoder, &count) {
            guard count <= limit - output.count else { return "it becomes more than \(limit) bytes" }
            output.append(contentsOf: UnsafeBufferPointer(start: piece, count: count))
          }
          if result == BROTLI_DECODER_RESULT_SUCCESS {
            return left == 0 ? nil : "there are bytes behind what was compressed"
          }
          guard result == BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT else { return "it is no Brotli stream" }
        }
      }
      return problem.map(Outcome.damaged) ?? .bytes(output)
    #else
      return .notBuilt
    #endif
  }
}
