#if HEIC
  /// What an item's `hvcC` box says of its stream.
  struct HEVCConfiguration {
    let chroma: Int
    let bits: Int
    let chromaBits: Int
    /// Bytes of the length before each NAL unit of the item's data.
    let lengthBytes: Int
    let parameterSets: [UnsafeRawBufferPointer]

    init?(_ bytes: UnsafeRawBufferPointer?) {
      guard let bytes, let chroma = bytes.integer(at: 16, bytes: 1),
        let bits = bytes.integer(at: 17, bytes: 1), let chromaBits = bytes.integer(at: 18, bytes: 1),
        let lengths = bytes.integer(at: 21, bytes: 1), let arrays = bytes.integer(at: 22, bytes: 1)
      else { return nil }
      (self.chroma, self.bits, self.chromaBits) = (chroma & 3, bits & 7 + 8, chromaBits & 7 + 8)
      lengthBytes = lengths & 3 + 1
      var reader = ByteReader(bytes, position: 23)
      var sets: [UnsafeRawBufferPointer] = []
      for _ in 0..<arrays {
        guard reader.readUInt8() != nil, let count = reader.readUInt16() else { return nil }
        for _ in 0..<count {
          guard let length = reader.readUInt16(), let unit = reader.read(length) else { return nil }
          sets.append(unit)
        }
      }
      parameterSets = sets
    }

    /// Of the pictures, as the first sequence parameter set says.
    var size: (width: Int, height: Int)? {
      for unit in parameterSets where HEVCSequenceParameters.isOne(unit) {
        return HEVCSequenceParameters(unit).map { ($0.croppedWidth, $0.croppedHeight) }
      }
      return nil
    }
  }
#endif
