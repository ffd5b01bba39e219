#if HEIC
  internal import CImageCodecs

  /// The picture of an item.
  final class HEVCPicture {
    private let decoder: OpaquePointer?
    /// The planes, where they are not the decoder's.
    private let planes: [PixelStorage]
    private var picture = cic_hevc_picture()
    private var pictures = 0

    /// What an item costs beside its pixels: a decoder of its own, and each piece of its data.
    private static let itemWork = 4096
    private static let pieceWork = 16

    /// - Parameter work: The pixels that the streams of one file may still declare, with all that is cut off. An item
    ///   takes some for itself and one for each byte, before anything is done with it.
    init(_ metadata: HEIFMetadata, item: Int, limits: DecodeLimits, work: inout Int) throws(ImageError) {
      let boxBytes = metadata.property("hvcC", of: item)
      try Self.spend(
        Self.itemWork + (boxBytes?.count ?? 0) + Self.pieceWork * metadata.pieceCount(of: item), of: &work,
        limits)
      guard let configuration = HEVCConfiguration(boxBytes) else {
        throw HEIFMetadata.corrupt("item \(item) has no decoder configuration")
      }
      let pieces = try metadata.data(of: item)
      let count = pieces.reduce(0) { $0 + $1.count }
      try Self.spend(count, of: &work, limits)
      guard let opened = cic_hevc_open() else { throw .outOfMemory(bytes: 0) }
      (decoder, planes) = (opened, [])
      for unit in configuration.parameterSets { try push(unit, limits, &work) }
      if pieces.count == 1 {
        try pushUnits(of: pieces[0], configuration, limits, &work)
      } else {
        // Units may cross the pieces.
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
      let isGrey = chroma == 0
      guard bits == configuration.bits, isGrey || bits == configuration.chromaBits,
        isGrey == (configuration.chroma == 0)
      else {
        throw HEIFMetadata.corrupt(
          "the stream of item \(item) is not of the form that its configuration says")
      }
    }

    /// Takes from the work that is left.
    private static func spend(_ count: Int, of work: inout Int, _ limits: DecodeLimits) throws(ImageError) {
      work -= count
      guard work >= 0 else {
        throw .limitExceeded(limit: "pixels", declared: limits.mostWork - work, allowed: limits.mostWork)
      }
    }

    /// A picture whose samples are zeros.
    init(emptyLike configuration: HEVCConfiguration, width: Int, height: Int) throws(ImageError) {
      guard let zeros = PixelStorage(count: 2 * width) else { throw .outOfMemory(bytes: 2 * width) }
      zeros.buffer.initializeMemory(as: UInt8.self, repeating: 0)
      (decoder, planes) = (nil, [zeros])
      // Every row of every plane is the same one.
      let row = UnsafePointer(zeros.base)
      picture = cic_hevc_picture(
        width: UInt32(width), height: UInt32(height), chroma: Int32(configuration.chroma),
        bits: Int32(configuration.bits),
        color: cic_hevc_color(matrix: 2, primaries: 2, full_range: 0, widens_grey: 0),
        planes: (row, row, row),
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
    func paste(_ tile: HEVCPicture, x: Int, y: Int) throws(ImageError) {
      let bases: [UnsafeMutablePointer<UInt8>?] = planes.map(\.base)
      guard x >= 0, y >= 0, bases.count == 3,
        cic_hevc_paste(&tile.picture, &picture, bases, UInt32(clamping: x), UInt32(clamping: y)) != 0
      else { throw Self.outside }
    }

    deinit { cic_hevc_close(decoder) }

    var width: Int { Int(picture.width) }
    var height: Int { Int(picture.height) }
    var chroma: Int { Int(picture.chroma) }
    var bits: Int { Int(picture.bits) }
    /// What the stream says.
    var color: HEIFColor { HEIFColor(picture.color) }

    private static let outside = HEIFMetadata.corrupt("a picture is smaller than what is taken from it")

    /// Leaves out what is outside a part of the picture.
    func crop(to part: HEIFGeometry.Rectangle) throws(ImageError) {
      guard part.x >= 0, part.y >= 0, part.width > 0, part.height > 0,
        cic_hevc_crop(
          &picture, UInt32(clamping: part.x), UInt32(clamping: part.y), UInt32(clamping: part.width),
          UInt32(clamping: part.height)) != 0
      else { throw Self.outside }
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
        try Self.spend(parameters.width * parameters.height, of: &work, limits)
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

    /// Converts pixels of one row.
    func convert(
      _ color: cic_hevc_color, x: Int, y: Int, count: Int, to rgb: UnsafeMutablePointer<UInt8>
    ) throws(ImageError) {
      guard x >= 0, y >= 0,
        cic_hevc_to_rgb(
          &picture, color, UInt32(clamping: x), UInt32(clamping: y), UInt32(clamping: count), rgb) != 0
      else { throw Self.outside }
    }

    /// The same with chroma that is interpolated. `scratch` has six bytes for each pixel of the picture's width.
    func convertInterpolated(
      _ color: cic_hevc_color, x: Int, y: Int, count: Int, scratch: PixelStorage,
      to rgb: UnsafeMutablePointer<UInt8>
    ) throws(ImageError) {
      guard x >= 0, y >= 0,
        cic_hevc_interpolated_to_rgb(
          &picture, color, UInt32(clamping: x), UInt32(clamping: y), UInt32(clamping: count), scratch.base,
          scratch.count, rgb) != 0
      else { throw Self.outside }
    }

    /// Takes 8 bits of the luma at `along`, `across`; the other way round where the axes are swapped.
    func copyLuma(
      along: [UInt32], across: UInt32, swaps: Bool, to row: UnsafeMutablePointer<UInt8>
    ) throws(ImageError) {
      guard cic_hevc_luma(&picture, along, along.count, across, swaps ? 1 : 0, row) != 0 else {
        throw Self.outside
      }
    }
  }
#endif
