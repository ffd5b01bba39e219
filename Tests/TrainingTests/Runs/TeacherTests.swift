import Foundation
import TestSupport
import Testing

@testable import Training

/// A teacher's logits find their images, and nobody else's.
@Suite struct TeacherTests {
  /// A line as `aiguard classify --json` prints it.
  private static func line(_ file: String, _ real: Float, _ fake: Float) -> String {
    #"{"file":"\#(file)","predictions":[{"label":"FAKE","logit":\#(fake),"score":0.5},"#
      + #"{"label":"REAL","logit":\#(real),"score":0.5}]}"# + "\n"
  }

  private func logits(
    _ files: [(name: String, text: String, images: String)], _ names: [String]
  ) throws -> TeacherLogits {
    try withTemporaryDirectory { folder in
      for file in files { try Data(file.text.utf8).write(to: folder.appendingPathComponent(file.name)) }
      return try TeacherLogits(
        files.map { .init(file: $0.name, images: $0.images) }, folder: folder.path, names: names,
        labels: ["REAL", "FAKE"])
    }
  }

  @Test func resultsBelongToTheNamesThatPathsEndIn() throws {
    let text =
      Self.line("/data/train/FAKE/1.jpg", 1, 2) + Self.line("/data/train/REAL/1.jpg", 2.1330693, 4)
    let found = try logits([("a.jsonl", text, "")], ["train/REAL/1.jpg", "train/FAKE/1.jpg"])
    #expect(found.values == [2.1330693, 4, 1, 2])
  }

  /// Where the teacher ran inside a folder, its paths are the shorter ones.
  @Test func shortPathsFindTheirImages() throws {
    let text = Self.line("REAL/1.jpg", 3, 4) + Self.line("FAKE/1.jpg", 1, 2)
    let found = try logits([("a.jsonl", text, "")], ["train/FAKE/1.jpg", "train/REAL/1.jpg"])
    #expect(found.values == [1, 2, 3, 4])
  }

  /// Files about one folder each, whose paths say nothing of it.
  @Test func filesCanBeAboutFolders() throws {
    let found = try logits(
      [
        ("a.jsonl", Self.line("/x/1.jpg", 1, 2), "t/FAKE"),
        ("b.jsonl", Self.line("/y/1.jpg", 3, 4), "t/REAL/"),
      ],
      ["t/REAL/1.jpg", "t/FAKE/1.jpg"])
    #expect(found.values == [3, 4, 1, 2])
  }

  @Test func whatCouldBeTwoIsRefused() throws {
    #expect(throws: TeacherError.ambiguous(image: "REAL/1.jpg", teacher: ["/a/REAL/1.jpg", "/b/REAL/1.jpg"]))
    {
      try logits(
        [("a.jsonl", Self.line("/a/REAL/1.jpg", 1, 2) + Self.line("/b/REAL/1.jpg", 3, 4), "")], ["REAL/1.jpg"]
      )
    }
    #expect(throws: TeacherError.ambiguousResult(teacher: "1.jpg", images: ["FAKE/1.jpg", "REAL/1.jpg"])) {
      try logits([("a.jsonl", Self.line("1.jpg", 1, 2), "")], ["FAKE/1.jpg", "REAL/1.jpg"])
    }
  }

  /// The result of another class's image of the same name is no result.
  @Test func missingImagesAreNamed() throws {
    #expect(throws: TeacherError.missing(count: 1, of: 2, images: ["t/REAL/1.jpg"])) {
      try logits([("a.jsonl", Self.line("/d/t/FAKE/1.jpg", 1, 2), "")], ["t/REAL/1.jpg", "t/FAKE/1.jpg"])
    }
    #expect(throws: TeacherError.missing(count: 1, of: 1, images: ["a1.jpg"])) {
      try logits([("a.jsonl", Self.line("/d/1.jpg", 1, 2), "")], ["a1.jpg"])
    }
  }

  @Test(arguments: [
    ("{", "a.jsonl: line 2: invalid JSON"), ("[]", "a.jsonl: line 2: it must be an object"),
    (#"{"file":"x","error":{}}"#, "a.jsonl: line 2: it is an error and no result"),
    (#"{"file":"x","predictions":[{"label":"REAL"}]}"#, "a.jsonl: line 2: a prediction must have"),
    (
      #"{"file":"x","predictions":[{"label":"REAL","logit":1}]}"#,
      "a.jsonl: line 2: the teacher's labels are REAL"
    ),
    (
      #"{"file":"x","predictions":[{"label":"REAL","logit":1},{"label":"REAL","logit":1}]}"#,
      "a.jsonl: line 2: a label is there twice"
    ),
  ])
  func badLinesAreNamed(line: String, message: String) throws {
    let error = #expect(throws: TeacherError.self) {
      try logits([("a.jsonl", Self.line("1.jpg", 1, 2) + line + "\n", "")], ["1.jpg"])
    }
    #expect(error?.description.contains(message) == true, "\(String(describing: error))")
  }

  @Test func safetensorsHaveRowsAndColumnsByName() throws {
    let values: [Float] = [1, 2, 3, 4]
    let header =
      #"{"__metadata__":{"files":"[\"b.jpg\",\"a.jpg\"]","labels":"[\"FAKE\",\"REAL\"]"},"#
      + #""logits":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]}}"#
    let bytes =
      (0..<8).map { UInt8(truncatingIfNeeded: header.utf8.count >> (8 * $0)) } + Array(header.utf8)
      + values.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) } }
    try withTemporaryDirectory { folder in
      try Data(bytes).write(to: folder.appendingPathComponent("t.safetensors"))
      let found = try TeacherLogits(
        [.init(file: "t.safetensors")], folder: folder.path, names: ["a.jpg", "b.jpg"],
        labels: ["REAL", "FAKE"])
      #expect(found.values == [4, 3, 2, 1])
    }
  }
}
