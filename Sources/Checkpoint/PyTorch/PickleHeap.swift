/// What the values of a pickle refer to by number.
struct PickleHeap {
  /// The items of tuples and lists.
  private(set) var sequences: [[Unpickler.Value]] = []
  /// The items of dictionaries in the order in which they were set; of equal keys the last one counts.
  private(set) var dictionaries: [[(key: Unpickler.Value, value: Unpickler.Value)]] = []
  /// The storages as the pickle names them, one for each mention.
  private(set) var storages: [PyTorchStorage] = []
  private(set) var tensors: [PyTorchTensor] = []

  mutating func add(_ items: [Unpickler.Value]) -> Int {
    sequences.append(items)
    return sequences.count - 1
  }

  mutating func append(_ items: [Unpickler.Value], toSequence number: Int) { sequences[number] += items }

  mutating func append(_ item: (key: Unpickler.Value, value: Unpickler.Value), toDictionary number: Int) {
    dictionaries[number].append(item)
  }

  mutating func addDictionary() -> Int {
    dictionaries.append([])
    return dictionaries.count - 1
  }

  mutating func add(_ storage: PyTorchStorage) -> Int {
    storages.append(storage)
    return storages.count - 1
  }

  mutating func add(_ tensor: PyTorchTensor) -> Int {
    tensors.append(tensor)
    return tensors.count - 1
  }
}
