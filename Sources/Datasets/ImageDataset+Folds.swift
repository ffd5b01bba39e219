extension ImageDataset {
  /// Parts for a cross-validation that leaves whole sources out: every image is in one part, all images of a source in the
  /// same one, and parts have about as many images of each label.
  ///
  /// Nothing is drawn: the sources, those with most images first, go each to the part that has the fewest images of the
  /// label that most of the source's have.
  ///
  /// - Parameter count: How many parts, 2 or more.
  /// - Throws: `DatasetError.noSource` for an image of which it is not known; `.tooFewSources`.
  public func foldsBySource(_ count: Int) throws(DatasetError) -> [ImageDataset] {
    let sources = self.sources
    guard count >= 2, sources.count >= count else {
      throw .tooFewSources(path: path, sources: sources.count, parts: count)
    }
    let labels = self.labels
    func place(of name: String, in names: [String]) -> Int {
      ByteOrder.index(of: name, count: names.count) { names[$0] } ?? 0
    }
    var images = Array(repeating: Array(repeating: 0, count: labels.count), count: sources.count)
    for record in records {
      guard let source = record.source else { throw .noSource(path: path, name: record.name) }
      images[place(of: source, in: sources)][place(of: record.label, in: labels)] += 1
    }
    let totals = images.map { $0.reduce(0, +) }
    let order = sources.indices.sorted { totals[$0] == totals[$1] ? $0 < $1 : totals[$0] > totals[$1] }
    var sizes = Array(repeating: Array(repeating: 0, count: labels.count), count: count)
    var parts = Array(repeating: 0, count: sources.count)
    for source in order {
      let most = images[source].max() ?? 0
      let label = images[source].firstIndex(of: most) ?? 0
      func isSmaller(_ left: Int, _ right: Int) -> Bool {
        let (first, second) = (sizes[left], sizes[right])
        return (first[label], first.reduce(0, +), left) < (second[label], second.reduce(0, +), right)
      }
      let part = (0..<count).min(by: isSmaller) ?? 0
      parts[source] = part
      for label in labels.indices { sizes[part][label] += images[source][label] }
    }
    return (0..<count).map { part in
      filtered { record in record.source.map { parts[place(of: $0, in: sources)] == part } ?? false }
    }
  }

  /// The images that are not among those of a part of this data set.
  public func without(_ part: ImageDataset) -> ImageDataset {
    filtered { part.index(of: $0.name) == nil }
  }
}
