#if BMP
  /// Run-length coded samples, by the rules of Pillow's decoder.
  struct BMPRuns {
    private var reader: ByteReader
    private let width: Int
    private let isRLE4: Bool

    init(_ bytes: UnsafeRawBufferPointer, position: Int, width: Int, isRLE4: Bool) {
      reader = ByteReader(bytes, position: position)
      (self.width, self.isRLE4) = (width, isRLE4)
    }

    /// Whether the runs fill `samples`, which are zeros.
    mutating func decode(into samples: UnsafeMutableBufferPointer<UInt8>) -> Bool {
      var filled = 0
      func put(_ value: Int) {
        if filled < samples.count { samples[filled] = UInt8(truncatingIfNeeded: value) }
        filled += 1
      }
      var x = 0
      while filled < samples.count, let count = reader.readUInt8(), let value = reader.readUInt8() {
        if count > 0 {
          let run = Swift.max(0, Swift.min(count, width - x))
          for index in 0..<run { put(isRLE4 ? (index % 2 == 0 ? value >> 4 : value & 15) : value) }
          x += run
          continue
        }
        switch value {
        case 0:
          filled += (width - filled % width) % width
          x = 0
        case 1:
          return false
        case 2:
          guard let right = reader.readUInt8(), let up = reader.readUInt8() else { return false }
          filled += Swift.min(samples.count - filled, right + up * width)
          x = filled % width
        default:
          let wanted = Swift.min(samples.count - filled, value)
          for index in 0..<(isRLE4 ? (wanted + 1) / 2 : wanted) {
            guard let byte = reader.readUInt8() else { return false }
            if isRLE4 {
              put(byte >> 4)
              if 2 * index + 1 < wanted { put(byte & 15) }
            } else {
              put(byte)
            }
          }
          if filled == samples.count { return true }
          x += value
          // Runs begin at even places of the file.
          if reader.position % 2 != 0 { _ = reader.readUInt8() }
        }
      }
      return filled >= samples.count
    }
  }
#endif
