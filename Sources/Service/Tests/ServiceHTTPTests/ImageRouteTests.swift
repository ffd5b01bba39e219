import AIGuardDefaultModel
import AIGuardVision
import Foundation
import ModelService
import ResultStore
import Testing

@testable import ServiceHTTP

@Suite(.serialized) struct ImageRouteTests {
  private static let boundary = "----x7"

  private static func form(_ files: [(String, Data)], fields: [(String, String)] = []) -> Data {
    var body = Data()
    for (name, value) in fields {
      body.append(
        contentsOf: "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n"
          .utf8)
    }
    for (name, bytes) in files {
      body.append(
        contentsOf:
          "--\(boundary)\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\(name)\"\r\nContent-Type: image/jpeg\r\n\r\n"
          .utf8)
      body.append(bytes)
      body.append(contentsOf: "\r\n".utf8)
    }
    body.append(contentsOf: "--\(boundary)--\r\n".utf8)
    return body
  }

  private static let formType = "multipart/form-data; boundary=\(boundary)"

  @Test func anUploadHasTheLibrarysLogitsToTheBit() async throws {
    let photo = try Samples.photo()
    let expected = try await ImageClassifier.defaultModel(policy: .pipeline).classify(imageBytes: photo)
    try await TestServer.run { server in
      let answer = try await server.post("/v1/images?name=cat.jpg", photo)
      #expect(answer.status == 200)
      #expect(answer.headers["content-type"] == "application/json")
      let kept = try #require(try await server.store.results(ResultQuery(owner: "local")).results.first)
      let predictions = try kept.examination().classification.predictions
      #expect(predictions.map(\.logit) == expected.map(\.logit))
      #expect(predictions.map(\.label) == expected.map(\.label))
      #expect(answer.json?["name"] as? String == "cat.jpg")
      #expect(answer.json?["cached"] as? Bool == false)
      #expect(answer.json?["verdict"] as? String == expected.verdict?.name)
      let examination = try #require(answer.json?["examination"] as? [String: Any])
      #expect(examination["agreement"] != nil && examination["evidence"] != nil)

      // The same bytes again, in the other two forms, are answered from the store.
      for (body, type) in [
        (Self.form([("a.jpg", photo)]), Self.formType),
        (try JSONEncoder().encode(["image": photo]), "application/json"),
      ] {
        let again = try await server.post("/v1/images", body, type: type)
        #expect(again.json?["cached"] as? Bool == true, "\(type)")
        #expect(again.json?["id"] as? String == answer.json?["id"] as? String, "\(type)")
      }
    }
  }

  @Test func oneBadFileOfAFormDoesNotSpoilTheOthers() async throws {
    let photo = try Samples.photo()
    try await TestServer.run { server in
      let answer = try await server.post(
        "/v1/images", Self.form([("a.jpg", photo), ("b.jpg", Data("no image".utf8))]), type: Self.formType)
      #expect(answer.status == 200)
      let results = try #require(answer.json?["results"] as? [[String: Any]])
      #expect(results.count == 2)
      #expect(results[0]["id"] != nil)
      #expect((results[1]["problem"] as? [String: Any])?["kind"] as? String == "not-an-image")
    }
  }

  @Test(arguments: [
    ("/v1/images", "not an image", 400, "not-an-image"),
    ("/v1/images", "", 400, "not-an-image"),
    ("/v1/images?model=nobody", "x", 404, "no-such-model"),
    ("/v1/images?function_to_apply=tanh", "x", 400, "invalid-request"),
    ("/v1/images?views=perhaps", "x", 400, "invalid-request"),
    ("/v1/images?keep=all", "x", 400, "invalid-request"),
    ("/nowhere", "x", 404, "not-found"),
  ])
  func failuresAreProblems(_ path: String, _ body: String, _ status: Int, _ kind: String) async throws {
    try await TestServer.run { server in
      let answer = try await server.post(path, Data(body.utf8))
      #expect(answer.status == status)
      #expect(answer.kind == kind)
      #expect(answer.headers["content-type"] == "application/problem+json")
      #expect(
        (answer.json?["error"] as? String)?.hasPrefix(kind) == true, "for clients that read nothing else")
    }
  }

  @Test func historyIsReadPagedAndDeleted() async throws {
    let photo = try Samples.photo()
    try await TestServer.run { server in
      let first = try await server.post("/v1/images?keep=thumbnail", photo)
      _ = try await server.post("/v1/images?function_to_apply=sigmoid", photo)
      let page = try await server.get("/v1/results?limit=1")
      #expect((page.json?["results"] as? [Any])?.count == 1)
      let next = try #require(page.json?["next"] as? Int)
      let last = try await server.get("/v1/results?limit=1&before=\(next)")
      let id = try #require(first.json?["id"] as? String)
      #expect(((last.json?["results"] as? [[String: Any]])?.first?["id"] as? String) == id)
      #expect(last.json?["next"] is NSNull)
      let thumbnail = try await server.get(try #require(first.json?["thumbnail"] as? String))
      #expect(thumbnail.headers["content-type"] == "image/jpeg")
      #expect(try ImageDecoder.decode([UInt8](thumbnail.body)).image.width == 256)
      #expect(try await server.send("DELETE", "/v1/results/\(id)").status == 204)
      #expect(try await server.get("/v1/results/\(id)").status == 404)
      #expect(try await server.send("DELETE", "/v1/results/\(id)").status == 404)
      #expect(try await server.get("/v1/results/no-id").status == 404)
      for bad in ["limit=0", "limit=x", "verdict=maybe", "since=yesterday", "before=-1"] {
        #expect(try await server.get("/v1/results?\(bad)").status == 400, "\(bad)")
      }
    }
  }

  @Test func reviewsAreHandedOutAndCounted() async throws {
    try await TestServer.run { server in
      #expect(try await server.send("POST", "/v1/reviews/next").status == 204)
      // The network for thumbnails has no say about a photograph.
      let result = try await server.post("/v1/images", try Samples.photo())
      let id = try #require(result.json?["id"] as? String)
      let verdict = result.json?["verdict"] as? String
      try #require(verdict == "unsure" || verdict == nil)
      #expect(try await server.send("POST", "/v1/reviews/next").json?["id"] as? String == id)
      #expect(try await server.post("/v1/results/\(id)/reviews", Data("{}".utf8)).status == 400)
      let reviewed = try await server.post(
        "/v1/results/\(id)/reviews", Data(#"{"decision": "real", "note": "mine"}"#.utf8),
        type: "application/json")
      #expect((reviewed.json?["review"] as? [String: Any])?["decision"] as? String == "real")
      #expect(try await server.send("POST", "/v1/reviews/next").status == 204)
      #expect((try await server.get("/v1/audit").json?["entries"] as? [Any])?.count == 1)
    }
  }

  @Test func mapsReceiptsAndReportsAreMade() async throws {
    let photo = try Samples.photo()
    try await TestServer.run { server in
      let map = try await server.post("/v1/maps", photo)
      #expect(map.headers["content-type"] == "image/png")
      #expect(try ImageDecoder.decode([UInt8](map.body)).format == .png)
      let small = try await server.post("/v1/thumbnails", try Samples.file("images/heic_10bit_420.heic"))
      let picture = try ImageDecoder.decode([UInt8](small.body))
      #expect(picture.format == .jpeg && small.headers["content-type"] == "image/jpeg")
      #expect(try await server.store.results(ResultQuery(owner: "local", limit: 5)).results.isEmpty)
      let receipt = try await server.post("/v1/receipts", photo)
      let replay = try await ImageClassifier.defaultModel(policy: .pipeline).replay(
        JSONDecoder().decode(Receipt.self, from: receipt.body), imageBytes: photo)
      #expect(replay.firstDifference == nil)
      let report = try await server.post("/v1/reports?name=%3Cscript%3E.jpg", photo)
      #expect(report.headers["content-disposition"]?.hasPrefix("attachment") == true)
      let html = String(decoding: report.body, as: UTF8.self)
      #expect(html.contains("&lt;script&gt;.jpg") && !html.contains("<script"))
    }
  }

  @Test func fiftyEqualUploadsAreOneInference() async throws {
    let photo = try Samples.photo()
    try await TestServer.run { server in
      let ids = try await withThrowingTaskGroup(of: String?.self) { group in
        for _ in 0..<50 {
          group.addTask { try await server.post("/v1/images", photo).json?["id"] as? String }
        }
        return try await group.reduce(into: Set<String?>()) { $0.insert($1) }
      }
      #expect(ids.count == 1 && !ids.contains(nil))
      let metrics = String(decoding: try await server.get("/metrics").body, as: UTF8.self)
      #expect(metrics.contains("aiguard_answers_total{source=\"computed\"} 1\n"))
    }
  }

  @Test func times() {
    let times: [Int: String] = [
      0: "1970-01-01T00:00:00.000Z",
      1: "1970-01-01T00:00:00.001Z",
      999: "1970-01-01T00:00:00.999Z",
      951_782_399_500: "2000-02-28T23:59:59.500Z",
      1_795_824_000_005: "2026-11-28T00:00:00.005Z",
      4_102_444_799_999: "2099-12-31T23:59:59.999Z",
    ]
    for (milliseconds, text) in times {
      #expect(ResultBody.time(Date(timeIntervalSince1970: Double(milliseconds) / 1000)) == text)
    }
  }
}
