import Platform

/// Names are told apart and ordered by their bytes: `String` itself takes canonically equivalent spellings for one.
enum ByteOrder {
  /// Whether `left` comes before `right`.
  static func precedes(_ left: String, _ right: String) -> Bool { compare(left, right) < 0 }

  static func isEqual(_ left: String, _ right: String) -> Bool { compare(left, right) == 0 }

  private static func compare(_ left: String, _ right: String) -> Int {
    let fast: Int?? = left.utf8.withContiguousStorageIfAvailable { left in
      right.utf8.withContiguousStorageIfAvailable { right in
        guard let leftBytes = left.baseAddress, let rightBytes = right.baseAddress else {
          return left.count - right.count
        }
        let order = Int(memcmp(leftBytes, rightBytes, min(left.count, right.count)))
        return order != 0 ? order : left.count - right.count
      }
    }
    if case .some(.some(let order)) = fast { return order }
    if left.utf8.elementsEqual(right.utf8) { return 0 }
    return left.utf8.lexicographicallyPrecedes(right.utf8) ? -1 : 1
  }

  /// The place of `name` among names that are in order.
  static func index(of name: String, count: Int, name nameAt: (Int) -> String) -> Int? {
    var (low, high) = (0, count)
    while low < high {
      let middle = low + (high - low) / 2
      let order = compare(nameAt(middle), name)
      if order == 0 { return middle }
      if order < 0 { low = middle + 1 } else { high = middle }
    }
    return nil
  }

  /// Each of `texts` once, in order.
  static func distinct(_ texts: some Sequence<String>) -> [String] {
    var result: [String] = []
    // The next is mostly the one before again.
    for text in texts where !(result.last.map { isEqual($0, text) } ?? false) { result.append(text) }
    result.sort(by: precedes)
    var count = 0
    for text in result where count == 0 || !isEqual(result[count - 1], text) {
      result[count] = text
      count += 1
    }
    return Array(result[..<count])
  }
}
