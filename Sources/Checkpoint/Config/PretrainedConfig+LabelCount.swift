import JSONText

extension PretrainedConfig {
  /// The same configuration with so many labels: as it is where it has them, else named `LABEL_0`, `LABEL_1`, ... as
  /// transformers names them for `num_labels`.
  ///
  /// - Throws: `CheckpointError` for a number of labels that is not read.
  package func with(labelCount: Int) throws(CheckpointError) -> PretrainedConfig {
    guard labelCount != labels.count else { return self }
    guard labelCount <= Self.maximumLabelCount else {
      throw CheckpointError(
        file: file,
        problem: .invalidValue(
          key: "num_labels", expected: "an integer up to \(Self.maximumLabelCount)", found: "\(labelCount)"))
    }
    let names = (0..<labelCount).map { "LABEL_\($0)" }
    let members = json.members.filter { !["id2label", "label2id", "num_labels"].contains($0.key) }
    return try PretrainedConfig(
      json: JSONObject(
        members: members + [
          .init(
            key: "id2label",
            value: .object(
              JSONObject(members: names.enumerated().map { .init(key: "\($0)", value: .string($1)) }))),
          .init(
            key: "label2id",
            value: .object(
              JSONObject(members: names.enumerated().map { .init(key: $1, value: .integer($0)) }))),
        ]), file: file)
  }
}
