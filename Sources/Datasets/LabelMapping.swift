/// Which label of a model each label of a data set is.
public struct LabelMapping: Sendable, Equatable {
  /// The labels of the data and the index in the model's logits of each, in the order of the labels' bytes.
  public let indices: [Entry]
  /// The model's labels by their index.
  public let modelLabels: [String]

  /// A label of the data and what it is to the model.
  public struct Entry: Sendable, Equatable {
    /// The label, as the data spells it.
    public let label: String
    /// Its index in the model's logits.
    public let index: Int
  }

  /// Maps labels by their spelling: a label of the data is the model's that is spelt the same; or else the only one that
  /// is when upper and lower case are the same; or else the only one that means the same.
  ///
  /// - Parameters:
  ///   - labels: Those of the data.
  ///   - modelLabels: The model's, by their index.
  ///   - meaning: What a label means, such as `GeneratedLabels.spelling`; `nil` where that is not known.
  /// - Throws: `DatasetError.unmappedLabels` with those for which that finds none.
  public init<Meaning: Equatable>(
    of labels: [String], in modelLabels: [String], meaning: (String) -> Meaning?
  ) throws(DatasetError) {
    func only(_ isMeant: (String) -> Bool) -> Int? {
      let found = modelLabels.indices.filter { isMeant(modelLabels[$0]) }
      return found.count == 1 ? found[0] : nil
    }
    var entries: [Entry] = []
    var unmapped: [String] = []
    for label in ByteOrder.distinct(labels) {
      let meant = meaning(label)
      let index =
        only { ByteOrder.isEqual($0, label) } ?? only { $0.lowercased() == label.lowercased() }
        ?? (meant == nil ? nil : only { meaning($0) == meant })
      if let index { entries.append(Entry(label: label, index: index)) } else { unmapped.append(label) }
    }
    guard unmapped.isEmpty else { throw .unmappedLabels(labels: unmapped, modelLabels: modelLabels) }
    indices = entries
    self.modelLabels = modelLabels
  }

  /// Maps labels as the caller says.
  ///
  /// - Parameters:
  ///   - labels: Those of the data.
  ///   - modelLabels: The model's, by their index.
  ///   - names: The model's label for each label of the data.
  /// - Throws: `DatasetError.unmappedLabels` with those that `names` lacks or gives a label that the model has not.
  public init(
    of labels: [String], in modelLabels: [String], names: [String: String]
  ) throws(DatasetError) {
    var entries: [Entry] = []
    var unmapped: [String] = []
    for label in ByteOrder.distinct(labels) {
      let name = names[label]
      let index = name.flatMap { name in modelLabels.firstIndex { ByteOrder.isEqual($0, name) } }
      if let index { entries.append(Entry(label: label, index: index)) } else { unmapped.append(label) }
    }
    guard unmapped.isEmpty else { throw .unmappedLabels(labels: unmapped, modelLabels: modelLabels) }
    indices = entries
    self.modelLabels = modelLabels
  }

  /// The index in the model's logits of a label of the data; `nil` for a label that was not among them.
  public func index(of label: String) -> Int? {
    ByteOrder.index(of: label, count: indices.count) { indices[$0].label }.map { indices[$0].index }
  }
}
