#if JPEG
  internal import CImageCodecs

  /// JPEG through libjpeg, behind Pillow's own parser of markers.
  struct JPEGReader: ImageReader {
    static var codec: String? { String(cString: cic_jpeg_version()) }

    private let bytes: UnsafeRawBufferPointer
    private let limits: DecodeLimits
    private let components: Int
    let header: ImageHeader

    init(_ bytes: UnsafeRawBufferPointer, limits: DecodeLimits) throws(ImageError) {
      let markers = try JPEGHeader(bytes, limits: limits)
      (self.bytes, self.limits, components) = (bytes, limits, markers.components)
      header = ImageHeader(
        format: .jpeg, mode: markers.mode, width: markers.width, height: markers.height,
        orientation: markers.metadata.orientation, comesFromTop: true)
    }

    func read(into sink: RowSink) throws(ImageError) -> ImageOrientation {
      // The frame header has 16-bit sizes, so these conversions cannot trap.
      var request = cic_jpeg_request(
        width: UInt32(header.width), height: UInt32(header.height), components: Int32(components),
        max_intermediate_bytes: Int64(limits.intermediateBytes), max_scans: Int32(clamping: limits.scans),
        max_scan_blocks: Int64(limits.scanBlocks))
      let result = cic_jpeg_decode(
        bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count, &request, sink.rows)
      if let error = result.imageError(header, limits: limits) { throw error }
      return header.orientation
    }
  }
#else
  typealias JPEGReader = UnbuiltReader
#endif
