import Platform

/// What the folders of a data set say of its images.
struct FolderLayout {
  /// The data set, for errors.
  let path: String
  let layout: DatasetOptions.Layout

  /// The records of images by their names, which are in order.
  func records(_ names: [String]) throws(DatasetError) -> [ImageRecord] {
    let parts = names.map { $0.utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) } }
    let hasSplits: Bool
    switch layout {
    case .labels: hasSplits = false
    case .splits: hasSplits = true
    case .automatic: hasSplits = try topIsSplits(parts)
    }
    var records: [ImageRecord] = []
    records.reserveCapacity(names.count)
    let label = hasSplits ? 1 : 0
    for (name, parts) in zip(names, parts) {
      guard parts.count > label + 1 else { throw .unlabelledImage(path: path, name: name) }
      records.append(
        ImageRecord(
          name: name, label: parts[label], split: hasSplits ? parts[0] : nil,
          source: parts.count > label + 2 ? parts[label + 1] : nil))
    }
    return records
  }

  private func topIsSplits(_ parts: [[String]]) throws(DatasetError) -> Bool {
    let top = ByteOrder.distinct(parts.lazy.filter { $0.count > 1 }.map { $0[0] })
    let splits = top.filter { DatasetSplit.part($0) != nil }
    let others = top.filter { DatasetSplit.part($0) == nil }
    if let split = splits.first, let other = others.first {
      throw ambiguous(
        "\"\(split.printable)\" is named like a part of a data set and \"\(other.printable)\" is not: say "
          + "whether the folders at the top are splits or labels")
    }
    guard splits.isEmpty else { return true }
    let second = ByteOrder.distinct(parts.lazy.filter { $0.count > 2 }.map { $0[1] })
    if let split = second.first(where: { DatasetSplit.part($0) != nil }) {
      throw ambiguous(
        "\"\(split.printable)\" in \"\(top[0].printable)\" is named like a part of a data set: say that it is a source "
          + "(layout `labels`), or that \"\(top[0].printable)\" is the folder which the data set is in (`root`)"
      )
    }
    if top.count == 1, parts.allSatisfy({ $0.count > 2 }) {
      throw ambiguous(
        "everything lies in the folders of one, \"\(top[0].printable)\": say that it is a label (layout `labels`), or "
          + "that it is the folder which the data set is in (`root`)")
    }
    return false
  }

  private func ambiguous(_ reason: String) -> DatasetError {
    .ambiguousLayout(path: path, reason: reason)
  }
}
