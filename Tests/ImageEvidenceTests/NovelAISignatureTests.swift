import Testing

@testable import ImageEvidence

/// What of NovelAI's text is signed: all but the outermost member with the signature, to the byte.
@Suite struct NovelAISignatureTests {
  @Test(arguments: [
    (#"{"prompt": "a", "signed_hash": "AA=="}"#, #"{"prompt": "a"}"#, "AA=="),
    (
      #"{"prompt": ", \"signed_hash\": \"x\"", "v": {"signed_hash": "y"}, "signed_hash": "z"}"#,
      #"{"prompt": ", \"signed_hash\": \"x\"", "v": {"signed_hash": "y"}}"#, "z"
    ),
    (
      #"{"a": [1, "signed_hash", {"b": "c"}], "signed_hash": "z"}"#,
      #"{"a": [1, "signed_hash", {"b": "c"}]}"#, "z"
    ),
    (#"{"a": "signed_hash", "signed_hash": "z", "b": 1.0}"#, #"{"a": "signed_hash", "b": 1.0}"#, "z"),
  ])
  func itIsCutOut(_ item: (text: String, rest: String, value: String)) {
    let found = NovelAISignature.split(Array(item.text.utf8))
    #expect(found.map { String(decoding: $0.rest, as: UTF8.self) } == item.rest)
    #expect(found?.value == item.value)
  }

  @Test(arguments: [
    "", "{", #"{"signed_hash"#, #"{"a": {"signed_hash": "x"}}"#, #"{"signed_hash": 1}"#,
    #"{"signed_hash": "x\"#,
  ])
  func elsewhereThereIsNone(_ text: String) {
    #expect(NovelAISignature.split(Array(text.utf8)) == nil)
  }
}
