#if AVIF
  /// A track of an image sequence.
  struct AVIFTrack {
    var number = 0
    var auxiliaryTo: Int?
    var isPremultiplied = false
    /// Unless its sample entry says that it is something else, such as depth.
    var isAlpha = true

    /// Those that are coded with AV1.
    static func tracks(of movie: UnsafeRawBufferPointer) -> [AVIFTrack] {
      ISOBoxes(movie).filter { $0.type == "trak" }.compactMap { AVIFTrack($0.bytes) }
    }

    private init?(_ bytes: UnsafeRawBufferPointer) {
      for box in ISOBoxes(bytes) {
        switch box.type {
        case "tkhd":
          let version = box.bytes.first ?? 0
          number = box.bytes.integer(at: version == 1 ? 20 : 12, bytes: 4) ?? 0
        case "tref":
          for reference in ISOBoxes(box.bytes) {
            if reference.type == "auxl" { auxiliaryTo = reference.bytes.integer(at: 0, bytes: 4) }
            if reference.type == "prem" { isPremultiplied = true }
          }
        default: break
        }
      }
      guard number != 0, let entry = Self.sampleEntry(bytes) else { return nil }
      // A visual sample entry has 78 bytes before its boxes.
      let details = ISOBoxes(entry.suffix(from: 78)).first { $0.type == "auxi" }
      isAlpha = details.map { AVIFItems.isAlpha(name: $0.bytes) } ?? true
    }

    private static func sampleEntry(_ track: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
      var bytes = track
      for name in ["mdia", "minf", "stbl", "stsd"] {
        guard let box = ISOBoxes(bytes).first(where: { $0.type == name }) else { return nil }
        bytes = box.bytes
      }
      return ISOBoxes(bytes.suffix(from: 8)).first { $0.type == "av01" }?.bytes
    }
  }
#endif
