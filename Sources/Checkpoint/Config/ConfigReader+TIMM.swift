import JSONText

extension PretrainedConfig {
  /// The `model_type` that transformers has for a configuration of timm, which names none itself: it is known by its
  /// `pretrained_cfg`.
  package static let timmModelType = "timm_wrapper"
}

extension ConfigReader {
  /// Whether a configuration that names no `model_type` is timm's. The oldest ones have no `pretrained_cfg`.
  var isTIMM: Bool {
    fields["pretrained_cfg"] != nil || (fields["architecture"] != nil && fields["num_classes"] != nil)
  }

  /// The labels of timm's own configuration, as transformers reads it: as many as `num_classes`, named by
  /// `label_names` or else by `id2label` where that has so many.
  ///
  /// An object in `label_names` means its keys. For the numbers of classes of ImageNet transformers has names of its own,
  /// which are not here.
  func timmLabels() throws(CheckpointError) -> [String] {
    let count = try classCount()
    if let names = try labelNames(), names.count == count { return names }
    // As many as there are: others than `count` are never used.
    if fields["label_names"] == nil || fields["label_names"] == .null,
      case .object(let object)? = fields["id2label"]
    {
      let names = try names(object)
      if names.count == count { return (0..<count).map { names[$0] ?? Self.unnamed($0) } }
    }
    return Self.unnamed(count)
  }

  /// A negative number is none and a boolean is 0 or 1, as for Python's `range`.
  private func classCount() throws(CheckpointError) -> Int {
    let count = JSONKind<Int>("an integer up to \(PretrainedConfig.maximumLabelCount)") { value in
      if case .bool(let flag) = value { return flag ? 1 : 0 }
      guard let count = value.integerValue, count <= PretrainedConfig.maximumLabelCount else { return nil }
      return max(count, 0)
    }
    return try fields.required("num_classes", count)
  }

  private func labelNames() throws(CheckpointError) -> [String]? {
    let names = JSONKind<[String]>("a list of names") { value in
      if let object = value.objectValue { return object.members.map(\.key) }
      guard let entries = value.arrayValue else { return nil }
      let names = entries.compactMap { $0.stringValue ?? $0.integerValue.map { "\($0)" } }
      return names.count == entries.count ? names : nil
    }
    return try fields.optional("label_names", names)
  }
}
