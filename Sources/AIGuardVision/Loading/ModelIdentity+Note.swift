extension ModelIdentity {
  /// What the users of a published model should know of it; `nil` for most. Nothing is corrected for it.
  ///
  /// It goes by the model's id on the Hub, so that a copy in a folder of another name has none.
  public var note: String? { Self.note(of: id) }

  /// The note of a model by its id on the Hub.
  package static func note(of id: String) -> String? { notes[id] }

  private static let notes = [
    "prithivMLmods/Deep-Fake-Detector-v2-Model":
      "users report that its labels are the wrong way round, Realism for deepfakes and Deepfake for photographs; its "
      + "scores are shown as they are: try it on images that you know",
    "yaya36095/ai-source-detector":
      "its model.safetensors is reported to hold another network than its configuration describes, and "
      + "pytorch_model.bin the right one",
  ]
}
