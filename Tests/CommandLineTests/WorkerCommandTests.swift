import Foundation
import TestSupport
import Testing

/// The worker as its parent sees it: bytes in, bytes out. The frames are written here by hand, as Docs/Worker.md has them.
@Suite(.enabled(if: Tool.isBuilt)) struct WorkerCommandTests {
  private struct Frame {
    let kind: String
    let id: UInt32
    let json: [String: Any]

    var errorKind: String? { (json["error"] as? [String: String])?["kind"] }
  }

  private static func number(_ value: Int) -> [UInt8] {
    withUnsafeBytes(of: UInt32(value).littleEndian) { Array($0) }
  }

  private static func request(_ id: Int, _ image: [UInt8], kind: String = "IMAG") -> [UInt8] {
    Array(kind.utf8) + number(id) + number(image.count) + image
  }

  private static func frames(_ bytes: Data) throws -> [Frame] {
    var rest = [UInt8](bytes)[...]
    func number() -> Int {
      defer { rest = rest.dropFirst(4) }
      return rest.prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
    }
    var frames: [Frame] = []
    while !rest.isEmpty {
      let kind = String(decoding: rest.prefix(4), as: UTF8.self)
      rest = rest.dropFirst(4)
      let (id, length) = (number(), number())
      try #require(length <= rest.count)
      let json = try JSONSerialization.jsonObject(with: Data(rest.prefix(length))) as? [String: Any]
      frames.append(Frame(kind: kind, id: UInt32(id), json: try #require(json)))
      rest = rest.dropFirst(length)
    }
    return frames
  }

  private static func run(_ input: [UInt8], _ options: String...) throws -> (Tool.Outcome, [Frame]) {
    let outcome = try Tool.run(["worker", "--model", "builtin:cifake"] + options, input: input)
    return (outcome, try frames(outcome.bytes))
  }

  private static func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: Fixtures.url(name)))
  }

  @Test func theFirstFrameSaysWhatAnswers() throws {
    let (outcome, frames) = try Self.run([], "--threads", "1", "--top-k", "1")
    #expect(outcome.status == 0 && frames.count == 1)
    let hello = frames[0]
    #expect(hello.kind == "HELO" && hello.id == 0)
    #expect(hello.json["protocol"] as? Int == 1)
    #expect(hello.json["threads"] as? Int == 1 && hello.json["topK"] as? Int == 1)
    #expect(hello.json["precision"] as? String == "float32" && hello.json["evidence"] as? Bool == false)
    #expect((hello.json["labels"] as? [String])?.sorted() == ["FAKE", "REAL"])
    let model = try #require(hello.json["model"] as? [String: Any])
    for hash in ["sha256", "configurationSHA256", "preprocessorSHA256"] {
      #expect((model[hash] as? String)?.count == 64)
    }
    #expect((hello.json["window"] as? Int ?? 0) > 0 && (hello.json["frameLimit"] as? Int ?? 0) > 0)
  }

  @Test func answersAreThoseOfClassify() throws {
    let paths = ["photos/chelsea.jpg", "photos/rocket.jpg"]
    let lines = try Tool.run(["classify", "--json"] + paths.map { Fixtures.url($0).path }).lines.map { line in
      line.filter { $0.key != "file" } as NSDictionary
    }
    let images = try paths.map(Self.bytes)
    // Numbers are the parent's, as large as it likes.
    let (outcome, frames) = try Self.run(
      Self.request(7, images[0]) + Self.request(4_294_967_295, images[1]) + Self.request(7, images[0]))
    #expect(outcome.status == 0)
    #expect(frames.map(\.kind) == ["HELO", "DONE", "DONE", "DONE"])
    #expect(frames.dropFirst().map(\.id) == [7, 4_294_967_295, 7])
    for (frame, index) in zip(frames.dropFirst(), [0, 1, 0]) {
      #expect(frame.json as NSDictionary == lines[index])
    }
  }

  @Test func aBadImageCostsItsOwnAnswer() throws {
    let photo = try Self.bytes("photos/chelsea.jpg")
    let (outcome, frames) = try Self.run(
      Self.request(1, []) + Self.request(2, Array("no image".utf8)) + Self.request(3, photo + photo + photo)
        + Self.request(4, photo), "--frame-limit", "\(photo.count + 1)")
    #expect(outcome.status == 0)
    #expect(frames.map(\.kind) == ["HELO", "FAIL", "FAIL", "FAIL", "DONE"])
    #expect(
      frames[3].errorKind == "limit-exceeded" && frames[1].errorKind != nil && frames[2].errorKind != nil)
  }

  @Test(arguments: ["HELO", "DONE", "imag", "\0\0\0\0"]) func whatIsNoImageEndsIt(_ kind: String) throws {
    let photo = try Self.bytes("photos/chelsea.jpg")
    let (outcome, frames) = try Self.run(
      Self.request(1, photo) + Self.request(2, photo, kind: kind) + Self.request(3, photo))
    #expect(outcome.status == 1)
    #expect(frames.map(\.kind) == ["HELO", "DONE", "STOP"])
    #expect(frames[2].errorKind == "invalid-frame" && frames[2].id == 0)
  }

  @Test(arguments: [1, 11, 12, 1000]) func aStreamThatEndsWithinAFrameIsSaid(_ count: Int) throws {
    let photo = try Self.bytes("photos/chelsea.jpg")
    let (outcome, frames) = try Self.run(Self.request(1, photo) + Self.request(2, photo).prefix(count))
    #expect(outcome.status == 1)
    #expect(frames.map(\.kind) == ["HELO", "DONE", "STOP"])
  }

  @Test func whatCannotBeginSaysNothing() throws {
    let noModel = try Tool.run(["worker", "--model", "/nowhere"])
    #expect(noModel.status == 3 && noModel.bytes.isEmpty && !noModel.errors.isEmpty)
    for options in [["--top-k", "-1"], ["--frame-limit", "0"], ["--nonsense"]] {
      let outcome = try Tool.run(["worker"] + options)
      #expect(outcome.status == 2 && outcome.bytes.isEmpty)
    }
  }

  #if Evidence
    @Test func evidenceStandsBesideTheResult() throws {
      let path = "photos/chelsea.jpg"
      let time = "2026-11-27T00:00:00Z"
      let (_, frames) = try Self.run(Self.request(1, try Self.bytes(path)), "--evidence", "--at", time)
      let line = try Tool.run([
        "examine", "--json", "--at", time, "--model", "builtin:cifake", Fixtures.url(path).path,
      ])
      .lines[0]
      #expect(frames[1].json as NSDictionary == line.filter { $0.key != "file" } as NSDictionary)
    }
  #endif
}
