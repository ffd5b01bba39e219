import Platform

extension ImageDataset {
  /// The labels of the images, each once, in the order of their bytes.
  public var labels: [String] { ByteOrder.distinct(records.lazy.map(\.label)) }

  /// The splits of the images that have one, each once, in the order of their bytes.
  public var splits: [String] { ByteOrder.distinct(records.lazy.compactMap(\.split)) }

  /// The sources of the images that have one, each once, in the order of their bytes.
  public var sources: [String] { ByteOrder.distinct(records.lazy.compactMap(\.source)) }

  /// The images for which `isIncluded` is true; there may be none.
  public func filtered<Failure: Error>(
    _ isIncluded: (ImageRecord) throws(Failure) -> Bool
  ) throws(Failure) -> ImageDataset {
    var kept: [ImageRecord] = []
    for record in records where try isIncluded(record) { kept.append(record) }
    return with(kept)
  }

  /// The images of one part of the data: `val` is also what is called `valid` or `validation` (`DatasetSplit`).
  ///
  /// - Throws: `DatasetError.noSuchSplit` where no image belongs to it.
  public func selecting(split: String) throws(DatasetError) -> ImageDataset {
    let selected = filtered { $0.split.map { DatasetSplit.isSame($0, split) } ?? false }
    guard !selected.records.isEmpty else { throw .noSuchSplit(path: path, split: split, splits: splits) }
    return selected
  }

  /// The images without those that have the given names, each of which there must be.
  ///
  /// - Throws: `DatasetError.unknownNames` with those that no image has.
  public func excluding(names: some Sequence<String>) throws(DatasetError) -> ImageDataset {
    try excluding(names, from: path)
  }

  /// The images without those that a text file names, one in each line, in UTF-8. Lines end with LF or CRLF; empty ones
  /// are passed over.
  ///
  /// - Throws: `DatasetError.unknownNames` with those that no image has, `invalidList`, `unreadable`, `limitExceeded`.
  public func excluding(namesIn file: String) throws(DatasetError) -> ImageDataset {
    let input = try DatasetError.reading { () throws(FileError) in try InputFile(path: file) }
    guard input.byteCount <= limits.listBytes else {
      throw .limitExceeded(
        path: file, limit: "listBytes", declared: input.byteCount, allowed: limits.listBytes)
    }
    var bytes = try DatasetError.reading { () throws(FileError) in
      try input.contents(limit: limits.listBytes)
    }[...]
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = bytes.dropFirst(3) }
    var names: [String] = []
    for (index, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .enumerated()
    {
      let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
      guard let name = String(validating: line, as: UTF8.self) else {
        throw .invalidList(path: file, line: index + 1, reason: "it is no UTF-8")
      }
      if !name.isEmpty { names.append(name) }
    }
    return try excluding(names, from: file)
  }

  private func excluding(
    _ names: some Sequence<String>, from list: String
  ) throws(DatasetError) -> ImageDataset {
    var isExcluded = [Bool](repeating: false, count: records.count)
    var unknown: [String] = []
    var unknownCount = 0
    for name in names {
      if let index = index(of: name) {
        isExcluded[index] = true
      } else {
        unknownCount += 1
        if unknown.count < 10 { unknown.append(name) }
      }
    }
    guard unknownCount == 0 else { throw .unknownNames(path: list, names: unknown, count: unknownCount) }
    return with(zip(records, isExcluded).filter { !$1 }.map(\.0))
  }
}
