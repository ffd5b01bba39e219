#if AVIF
  /// What the boxes of an AVIF file ask of libavif, and what they say where its versions before 1.1.1 take them for
  /// something else than the reference's does.
  ///
  /// Boxes that make no sense are passed over: libavif judges them.
  struct AVIFStructure {
    /// A file's alpha, as the reference finds it.
    enum Alpha: Equatable {
      case absent
      /// Of an item or a track that older versions of libavif find too.
      case plain
      /// Of the tiles of a grid, each with its own, or of a track that is not the first auxiliary one.
      case beyondOlderVersions(isPremultiplied: Bool)
    }

    /// Whether reading its items would take libavif, of any version, work or memory out of proportion.
    private(set) var isExcessive = false
    private(set) var alpha = Alpha.absent
    /// Whether tiles of a grid are listed in another order than their items, by which older versions go.
    private(set) var hasTilesOutOfOrder = false
    /// Whether alpha is turned or cropped and the colours are not, or otherwise.
    private(set) var turnsAlphaAlone = false
    /// The first byte of a box that says no length and reaches to the end of the file.
    private var endlessBox: Int?
    /// Where the list of references stands, and the first place where it may.
    private var references: Range<Int>?
    private var beginning: Int?

    init(_ bytes: UnsafeRawBufferPointer) {
      var (major, items, tracks) = ("", AVIFItems?.none, [AVIFTrack]())
      var (steps, entries) = (0, 0)
      func count(_ items: AVIFItems) {
        steps += items.steps
        entries += items.entries
      }
      for box in ISOBoxes(bytes) {
        if box.isEndless { endlessBox = box.start }
        switch box.type {
        case "ftyp" where major.isEmpty: major = String(decoding: box.bytes.prefix(4), as: UTF8.self)
        case "meta":
          let found = AVIFItems(box.bytes)
          count(found)
          if items == nil {
            items = found
            findReferences(box)
          }
        case "moov":
          if tracks.isEmpty { tracks = AVIFTrack.tracks(of: box.bytes) }
          // Tracks have items too, which nobody asks for.
          for track in ISOBoxes(box.bytes) where track.type == "trak" {
            for meta in ISOBoxes(track.bytes) where meta.type == "meta" { count(AVIFItems(meta.bytes)) }
          }
        default: break
        }
        isExcessive = AVIFItems.isExcessive(steps: steps, entries: entries)
        if isExcessive { return }
      }
      let takesTracks = major == "avis" || (major != "avif" && !tracks.isEmpty)
      if takesTracks { look(at: tracks) } else if let items { look(at: items) }
    }

    private mutating func findReferences(_ meta: ISOBoxes.Box) {
      for box in ISOBoxes(meta.bytes.suffix(from: 4), offset: meta.contentStart + 4) {
        if beginning == nil { beginning = box.end }  // The handler must come first.
        if box.type == "iref", !box.isEndless { references = box.start..<box.end }
      }
    }

    /// A copy of the file that older versions of libavif read as the reference does the file itself, where they would not:
    /// with the length of a box that has none, and with the references before all that names items, so that items stand in
    /// the order of tiles.
    func corrected(_ bytes: UnsafeRawBufferPointer, limits: DecodeLimits) throws(ImageError) -> PixelStorage?
    {
      guard endlessBox != nil || hasTilesOutOfOrder else { return nil }
      try limits.check(intermediateBytes: bytes.count)
      guard let copy = PixelStorage(count: bytes.count) else { throw .outOfMemory(bytes: bytes.count) }
      copy.buffer.copyMemory(from: bytes)
      if let endlessBox, let length = UInt32(exactly: bytes.count - endlessBox) {
        copy.buffer.storeBytes(of: length.bigEndian, toByteOffset: endlessBox, as: UInt32.self)
      }
      if hasTilesOutOfOrder, let references, let beginning, beginning < references.lowerBound {
        let moved = beginning + references.count
        UnsafeMutableRawBufferPointer(rebasing: copy.buffer[moved..<references.upperBound])
          .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[beginning..<references.lowerBound]))
        UnsafeMutableRawBufferPointer(rebasing: copy.buffer[beginning..<moved])
          .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[references]))
      }
      return copy
    }

    private mutating func look(at items: AVIFItems) {
      guard let primary = items.primary else { return }
      let found = items.alphas(of: primary)
      let tiles = items.tiles(of: primary)
      if let item = found.first(where: { !items.isThumbnail($0) }) {
        let isPlain = item == found.first && !items.hasLightLevels(item)
        alpha = isPlain ? .plain : .beyondOlderVersions(isPremultiplied: items.isPremultiplied(primary))
        turnsAlphaAlone = !items.transformations(of: item).isSubset(of: items.transformations(of: primary))
        hasTilesOutOfOrder = !items.hasTilesInOrder(item)
      } else if !tiles.isEmpty, Set(tiles).allSatisfy({ !items.alphas(of: $0).isEmpty }) {
        alpha = .beyondOlderVersions(isPremultiplied: false)
      }
      if !items.hasTilesInOrder(primary) { hasTilesOutOfOrder = true }
    }

    private mutating func look(at tracks: [AVIFTrack]) {
      guard let colors = tracks.first(where: { $0.auxiliaryTo == nil }) else { return }
      let auxiliaries = tracks.filter { $0.auxiliaryTo == colors.number }
      guard let first = auxiliaries.first(where: \.isAlpha) else { return }
      let isPlain = first.number == auxiliaries.first?.number
      alpha = isPlain ? .plain : .beyondOlderVersions(isPremultiplied: colors.isPremultiplied)
    }
  }
#endif
