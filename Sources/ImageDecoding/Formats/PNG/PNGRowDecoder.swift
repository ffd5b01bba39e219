#if PNG
  internal import CImageCodecs

  /// Owns the codec's decoder, which writes the rows.
  final class PNGRowDecoder {
    private let decoder: OpaquePointer
    private let plan: PNGRowPlan
    /// Owns the rows that the codec's decoder writes to.
    private let sink: RowSink

    init(_ plan: PNGRowPlan, _ sink: RowSink) throws(ImageError) {
      (self.plan, self.sink) = (plan, sink)
      var result = cic_result()
      let (x, y) = (UInt32(clamping: plan.region.x), UInt32(clamping: plan.region.y))
      guard
        let opened = plan.withRequest(
          around: plan.background(sink), { cic_png_open($0, sink.rows, x, y, &result) })
      else {
        throw result.imageError(format: .png, limits: plan.limits, size: plan.region.width * 32)
          ?? .corrupt(format: .png, detail: "the codec refused the header")
      }
      decoder = opened
    }

    deinit { cic_png_close(decoder) }

    /// Whether `data` completed the last row.
    func feed(_ data: UnsafeRawBufferPointer) throws(ImageError) -> Bool {
      let bytes = data.bindMemory(to: UInt8.self)
      var result = cic_result()
      let progress = cic_png_feed(decoder, bytes.baseAddress, bytes.count, &result)
      if progress < 0,
        let error = result.imageError(format: .png, limits: plan.limits, size: plan.region.width * 32)
      {
        throw error
      }
      return progress > 0
    }
  }

  /// Looks for the end of the compressed data, without decoding.
  final class PNGRowCounter {
    private let counter: OpaquePointer

    init(_ plan: PNGRowPlan) throws(ImageError) {
      guard let opened = plan.withRequest({ cic_row_counter_open($0) }) else {
        throw .outOfMemory(bytes: plan.region.width * 8)
      }
      counter = opened
    }

    deinit { cic_row_counter_close(counter) }

    /// Whether the compressed data ended in `data`, just behind a row.
    func feed(_ data: UnsafeRawBufferPointer) -> Bool {
      let bytes = data.bindMemory(to: UInt8.self)
      return cic_row_counter_feed(counter, bytes.baseAddress, bytes.count) == 1
    }
  }
#endif
