import Platform

/// The ZIP form of a PyTorch file: `data.pkl` describes the tensors, `data/KEY` holds each storage.
struct PyTorchArchive {
  let root: Unpickler.Value
  let heap: PickleHeap
  /// Where each entry's bytes lie, by name.
  private let entries: [String: Range<Int>]
  private let folder: String

  init(_ source: ByteSource, limits: PyTorchFileLimits) throws(CheckpointError.Problem) {
    let entries = try Self.entries(source, limits: limits)
    self.entries = entries
    let suffix = "/data.pkl"
    let pickles = entries.filter { name, _ in
      name.hasSuffix(suffix) && !name.dropLast(suffix.count).contains("/")
    }
    guard pickles.count == 1, let pickle = pickles.first else {
      throw .invalidZip(reason: "there must be one data.pkl in a folder, and there are \(pickles.count)")
    }
    folder = String(pickle.key.dropLast(suffix.count))
    guard entries[folder + "/constants.pkl"] == nil else { throw .torchScript }
    guard pickle.value.count <= limits.maximumPickleByteCount else {
      throw .pickleTooLarge(byteCount: pickle.value.count, limit: limits.maximumPickleByteCount)
    }
    if let order = entries[folder + "/byteorder"] {
      guard try Self.bytes(source, order, limit: 16) == Array("little".utf8) else { throw .bigEndian }
    }
    let bytes = try Self.bytes(source, pickle.value, limit: limits.maximumPickleByteCount)
    let result = bytes.withUnsafeBytes { bytes in
      Result { () throws(Unpickler.Problem) in
        var unpickler = Unpickler(bytes, at: 0, limits: limits)
        let root = try unpickler.run()
        guard unpickler.position == bytes.count else {
          throw .invalid(offset: unpickler.position, reason: "something follows its end")
        }
        return (root, unpickler.heap)
      }
    }
    do throws(Unpickler.Problem) { (root, heap) = try result.get() } catch { throw .init(error) }
  }

  private static func entries(
    _ source: ByteSource, limits: PyTorchFileLimits
  ) throws(CheckpointError.Problem) -> [String: Range<Int>] {
    do throws(ZipError) {
      let directory = try ZipDirectory(
        source,
        rules: ZipRules(
          names: .utf8, methods: .storedOnly, maximumEntryCount: limits.maximumEntryCount))
      var entries = [String: Range<Int>](minimumCapacity: directory.entries.count)
      for entry in directory.entries {
        let name = directory.name(of: entry)
        guard entries.updateValue(try directory.data(of: entry, in: source), forKey: name) == nil else {
          throw .invalid(reason: "\"\(name.printable)\" is there twice")
        }
      }
      return entries
    } catch {
      throw .init(error)
    }
  }

  /// The place of a storage's first byte in the file.
  func start(of storage: PyTorchStorage) throws(CheckpointError.Problem) -> Int {
    guard let range = entries["\(folder)/data/\(storage.key)"] else {
      throw .missingStorage(key: storage.key)
    }
    guard range.count == storage.byteCount else {
      throw .storageSize(key: storage.key, declared: storage.byteCount, found: range.count)
    }
    return range.lowerBound
  }

  private static func bytes(
    _ source: ByteSource, _ range: Range<Int>, limit: Int
  ) throws(CheckpointError.Problem) -> [UInt8] {
    do throws(FileError) {
      return try source.bytes(at: range.prefix(limit))
    } catch {
      throw .unreadable(error)
    }
  }
}

/// The form before ZIP: five pickles in a row, then each storage after its length.
struct PyTorchLegacyFile {
  let root: Unpickler.Value
  let heap: PickleHeap
  /// Each storage's place and number of elements, by its key.
  private let storages: [String: (start: Int, count: Int)]

  /// 0x1950A86A20F9469CFC6C, least significant byte first.
  private static let magic: [UInt8] = [0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19]

  private struct Pickles {
    let root: Unpickler.Value
    let heap: PickleHeap
    let keys: [String]
    /// The offset of what follows the pickles.
    let end: Int
  }

  init(_ source: ByteSource, limits: PyTorchFileLimits) throws(CheckpointError.Problem) {
    let pickles = try Self.pickles(source, limits: limits)
    root = pickles.root
    heap = pickles.heap
    var sizes = [String: PyTorchStorage](minimumCapacity: heap.storages.count)
    for storage in heap.storages { sizes[storage.key] = storage }

    var found: [String: (start: Int, count: Int)] = [:]
    var position = pickles.end
    for key in pickles.keys {
      guard let storage = sizes[key] else { throw .missingStorage(key: key) }
      guard source.byteCount - position >= 8 else { throw .cut }
      let count: UInt64
      do throws(FileError) {
        count = LittleEndianBytes(try source.bytes(at: position..<(position + 8))).u64(0)
      } catch {
        throw .unreadable(error)
      }
      position += 8
      guard count == UInt64(storage.count) else {
        throw .storageSize(key: key, declared: storage.count, found: Int(clamping: count))
      }
      guard source.byteCount - position >= storage.byteCount else { throw .cut }
      guard found.updateValue((position, storage.count), forKey: key) == nil else {
        throw .invalidPickle(offset: pickles.end, reason: "storage \"\(key.printable)\" is there twice")
      }
      position += storage.byteCount
    }
    storages = found
  }

  /// The place of a storage's first byte in the file.
  func start(of storage: PyTorchStorage) throws(CheckpointError.Problem) -> Int {
    guard let place = storages[storage.key] else { throw .missingStorage(key: storage.key) }
    guard place.count == storage.count else {
      throw .storageSize(key: storage.key, declared: storage.count, found: place.count)
    }
    return place.start
  }

  /// Reads the pickles, of whose length nothing says anything: from ever more of the file until they are whole.
  private static func pickles(
    _ source: ByteSource, limits: PyTorchFileLimits
  ) throws(CheckpointError.Problem) -> Pickles {
    let limit = max(0, limits.maximumPickleByteCount)
    var length = min(1 << 16, source.byteCount, limit)
    while true {
      let result: Result<Pickles, Unpickler.Problem>
      do throws(FileError) {
        result = try source.withBytes(at: 0..<length) { bytes in
          Result { () throws(Unpickler.Problem) in try pickles(bytes, limits: limits) }
        }
      } catch {
        throw .unreadable(error)
      }
      switch result {
      case .success(let pickles): return pickles
      case .failure(.cut) where length == source.byteCount: throw .cut
      case .failure(.cut) where length >= limit:
        throw .pickleTooLarge(byteCount: source.byteCount, limit: limit)
      case .failure(.cut): length = min(4 * length, source.byteCount, limit)
      case .failure(let problem): throw .init(problem)
      }
    }
  }

  private static func pickles(
    _ bytes: UnsafeRawBufferPointer, limits: PyTorchFileLimits
  ) throws(Unpickler.Problem) -> Pickles {
    var position = 0
    func next() throws(Unpickler.Problem) -> (Unpickler.Value, PickleHeap) {
      var unpickler = Unpickler(bytes, at: position, limits: limits)
      let value = try unpickler.run()
      position = unpickler.position
      return (value, unpickler.heap)
    }
    guard try next().0 == .long(magic) else {
      throw .invalid(offset: 0, reason: "it does not begin with PyTorch's number")
    }
    guard try next().0 == .integer(1001) else {
      throw .invalid(offset: position, reason: "it is of another version of the format than 1001")
    }
    let (system, systemHeap) = try next()
    guard case .dictionary(let number) = system,
      systemHeap.dictionaries[number].contains(where: { $0 == (.string("little_endian"), .bool(true)) })
    else { throw .invalid(offset: position, reason: "it is not from a little-endian machine") }
    let (root, heap) = try next()
    let (list, listHeap) = try next()
    guard case .list(let number) = list else {
      throw .invalid(offset: position, reason: "the storages' keys are no list")
    }
    var keys: [String] = []
    for item in listHeap.sequences[number] {
      guard case .string(let key) = item else {
        throw .invalid(offset: position, reason: "a storage's key is no text")
      }
      keys.append(key)
    }
    return Pickles(root: root, heap: heap, keys: keys, end: position)
  }
}

extension ByteSource: ZipSource {}

extension CheckpointError.Problem {
  init(_ error: ZipError) {
    self =
      switch error {
      case .unreadable(let error): .unreadable(error)
      case .invalid(let reason): .invalidZip(reason: reason)
      }
  }

  init(_ problem: Unpickler.Problem) {
    self =
      switch problem {
      case .cut: .cut
      case .forbiddenGlobal(let module, let name): .forbiddenGlobal(module: module, name: name)
      case .invalid(let offset, let reason): .invalidPickle(offset: offset, reason: reason)
      }
  }
}
