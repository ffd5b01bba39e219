#if HEIC
  internal import CImageCodecs

  /// What an item's `hvcC` box says of its stream.
  struct HEVCConfiguration {
    let chroma: Int
    let bits: Int
    /// Bytes of the length before each NAL unit of the item's data.
    let lengthBytes: Int
    let parameterSets: [UnsafeRawBufferPointer]

    init?(_ bytes: UnsafeRawBufferPointer?) {
      guard let bytes, let chroma = bytes.integer(at: 16, bytes: 1),
        let bits = bytes.integer(at: 17, bytes: 1),
        let lengths = bytes.integer(at: 21, bytes: 1), let arrays = bytes.integer(at: 22, bytes: 1)
      else { return nil }
      (self.chroma, self.bits, lengthBytes) = (chroma & 3, bits & 7 + 8, lengths & 3 + 1)
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
  }

  /// The picture of an item.
  final class HEVCPicture {
    private let decoder: OpaquePointer?
    /// The planes, where they are not the decoder's.
    private let planes: [PixelStorage]
    private var picture = cic_hevc_picture()
    private var pictures = 0

    /// - Parameter work: The pixels that the streams of one file may still declare, with all that is cut off.
    init(_ metadata: HEIFMetadata, item: Int, limits: DecodeLimits, work: inout Int) throws(ImageError) {
      guard let configuration = HEVCConfiguration(metadata.property("hvcC", of: item)) else {
        throw HEIFMetadata.corrupt("item \(item) has no decoder configuration")
      }
      guard let opened = cic_hevc_open() else { throw .outOfMemory(bytes: 0) }
      (decoder, planes) = (opened, [])
      for unit in configuration.parameterSets { try push(unit, limits, &work) }
      let pieces = try metadata.data(of: item)
      if pieces.count == 1 {
        try pushUnits(of: pieces[0], configuration, limits, &work)
      } else {
        // Units may cross the pieces.
        let count = pieces.reduce(0) { $0 + $1.count }
        try limits.check(intermediateBytes: count)
        guard let joined = PixelStorage(count: count) else { throw .outOfMemory(bytes: count) }
        var rest = joined.buffer
        for piece in pieces {
          rest.copyMemory(from: piece)
          rest = UnsafeMutableRawBufferPointer(rebasing: rest.dropFirst(piece.count))
        }
        try pushUnits(of: UnsafeRawBufferPointer(joined.buffer), configuration, limits, &work)
      }
      try check(cic_hevc_decode(decoder, &picture), limits)
    }

    /// A picture whose samples are zeros.
    init(emptyLike configuration: HEVCConfiguration?, width: Int, height: Int) throws(ImageError) {
      guard let zeros = PixelStorage(count: 2 * width) else { throw .outOfMemory(bytes: 2 * width) }
      zeros.buffer.initializeMemory(as: UInt8.self, repeating: 0)
      (decoder, planes) = (nil, [zeros])
      // Every row of every plane is the same one.
      let row = UnsafePointer(zeros.base)
      picture = cic_hevc_picture(
        width: UInt32(width), height: UInt32(height), chroma: Int32(configuration?.chroma ?? 1),
        bits: Int32(configuration?.bits ?? 8), matrix: 2, full_range: 0, planes: (row, row, row),
        strides: (0, 0, 0))
    }

    /// A picture of zeros to paste tiles like `tile` into.
    init(of tile: HEVCPicture, width: Int, height: Int, limits: DecodeLimits) throws(ImageError) {
      picture = tile.picture
      (picture.width, picture.height) = (UInt32(width), UInt32(height))
      let sampleBytes = picture.bits > 8 ? 2 : 1
      let halves = (across: picture.chroma == 1 || picture.chroma == 2, down: picture.chroma == 1)
      let chroma = (
        width: halves.across ? (width + 1) / 2 : width, height: halves.down ? (height + 1) / 2 : height
      )
      let strides = (width * sampleBytes, chroma.width * sampleBytes)
      let counts = [strides.0 * height] + [Int](repeating: strides.1 * chroma.height, count: 2)
      try limits.check(intermediateBytes: counts.reduce(0, +))
      var planes: [PixelStorage] = []
      for count in counts {
        guard let plane = PixelStorage(count: count) else { throw .outOfMemory(bytes: count) }
        plane.buffer.initializeMemory(as: UInt8.self, repeating: 0)
        planes.append(plane)
      }
      (decoder, self.planes) = (nil, planes)
      picture.planes = (
        UnsafePointer(planes[0].base), UnsafePointer(planes[1].base), UnsafePointer(planes[2].base)
      )
      picture.strides = (strides.0, strides.1, strides.1)
    }

    /// Copies what fits of a tile of the same form to (x, y).
    func paste(_ tile: HEVCPicture, x: Int, y: Int) {
      let bases: [UnsafeMutablePointer<UInt8>?] = planes.map(\.base)
      cic_hevc_paste(&tile.picture, &picture, bases, UInt32(x), UInt32(y))
    }

    deinit { cic_hevc_close(decoder) }

    var width: Int { Int(picture.width) }
    var height: Int { Int(picture.height) }
    var chroma: Int { Int(picture.chroma) }
    var bits: Int { Int(picture.bits) }

    /// Leaves out what is outside a part of the picture.
    func crop(to part: HEIFGeometry.Rectangle) {
      cic_hevc_crop(
        &picture, UInt32(part.x), UInt32(part.y), UInt32(part.width), UInt32(part.height))
    }

    private func pushUnits(
      of data: UnsafeRawBufferPointer, _ configuration: HEVCConfiguration, _ limits: DecodeLimits,
      _ work: inout Int
    ) throws(ImageError) {
      var reader = ByteReader(data)
      while reader.remaining > 0 {
        guard let length = reader.readUInt(configuration.lengthBytes), let unit = reader.read(length) else {
          throw HEIFMetadata.cut
        }
        try push(unit, limits, &work)
      }
    }

    private func push(
      _ unit: UnsafeRawBufferPointer, _ limits: DecodeLimits, _ work: inout Int
    ) throws(ImageError) {
      guard unit.count > 0 else { return }
      let type = unit[0] >> 1 & 0x3F
      // The stream has sizes of its own, for which libde265 has no limit.
      if type == HEVCSequenceParameters.unitType {
        guard let parameters = HEVCSequenceParameters(unit) else {
          throw HEIFMetadata.corrupt("a sequence parameter set is incomplete")
        }
        try parameters.check(limits)
        work -= parameters.width * parameters.height
        guard work >= 0 else {
          throw .limitExceeded(limit: "pixels", declared: limits.mostWork - work, allowed: limits.mostWork)
        }
      } else if type < 32, unit.count > 2, unit[2] >= 0x80 {
        pictures += 1  // With the first of its slices.
      }
      // An item is one picture; more would only cost time.
      guard pictures <= 1 else { return }
      try check(cic_hevc_push(decoder, unit.bindMemory(to: UInt8.self).baseAddress, unit.count), limits)
    }

    private func check(_ result: cic_result, _ limits: DecodeLimits) throws(ImageError) {
      if let error = result.imageError(format: .heif, limits: limits, size: 0) { throw error }
    }

    /// The same with chroma that is interpolated. `scratch` has six bytes for each pixel of the width.
    func convertInterpolated(
      _ color: HEIFColor?, y: Int, count: Int, scratch: PixelStorage,
      to rgb: UnsafeMutablePointer<UInt8>
    ) {
      cic_hevc_interpolated_to_rgb(
        &picture, color.map { Int32($0.matrix) } ?? picture.matrix,
        color.map { $0.isFullRange ? 1 : 0 } ?? picture.full_range, UInt32(y), UInt32(count),
        scratch.base, rgb)
    }

    /// Composites pixels of one row on white; this picture is their alpha.
    func compositeOnWhite(x: Int, y: Int, count: Int, _ rgb: UnsafeMutablePointer<UInt8>) {
      cic_hevc_on_white(&picture, UInt32(x), UInt32(y), UInt32(count), rgb)
    }

    /// Converts pixels of one row.
    func convert(_ color: HEIFColor?, x: Int, y: Int, count: Int, to rgb: UnsafeMutablePointer<UInt8>) {
      cic_hevc_to_rgb(
        &picture, color.map { Int32($0.matrix) } ?? picture.matrix,
        color.map { $0.isFullRange ? 1 : 0 } ?? picture.full_range, UInt32(x), UInt32(y), UInt32(count), rgb)
    }
  }
#endif
