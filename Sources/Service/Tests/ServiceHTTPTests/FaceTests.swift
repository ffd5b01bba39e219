import AIGuardDefaultModel
import AIGuardVision
import Foundation
import Testing

@testable import ServiceHTTP

@Suite(.serialized) struct FaceTests {
  private static func expected() async throws -> ClassificationResult {
    try await ImageClassifier.defaultModel(policy: .pipeline).classify(imageBytes: Samples.photo())
  }

  @Test func huggingFacesClientsGetABareArray() async throws {
    let expected = try await Self.expected()
    let photo = try Samples.photo()
    try await TestServer.run { server in
      // As huggingface_hub sends bytes: no content type.
      let raw = try await server.post("/models/builtin:cifake", photo, type: nil)
      let list = try #require(raw.list as? [[String: Any]])
      #expect(list.compactMap { $0["label"] as? String } == expected.map(\.label))
      let first = try JSONDecoder().decode([Score].self, from: raw.body)
      #expect(first.map(\.score) == expected.map(\.score))
      let body = try JSONSerialization.data(withJSONObject: [
        "inputs": photo.base64EncodedString(), "parameters": ["top_k": 1, "function_to_apply": "none"],
      ])
      let one = try await server.post("/models/builtin%3Acifake", body, type: "application/json")
      #expect(try JSONDecoder().decode([Score].self, from: one.body).map(\.score) == [expected[0].logit])
      #expect(try await server.post("/models/some/one", photo).status == 404)
      #expect(
        try await server.post("/models/builtin:cifake", Data("{}".utf8), type: "application/json").status
          == 400)
    }
  }

  private struct Score: Decodable {
    var label: String
    var score: Float
  }

  @Test func theOriginalsPageGetsProbabilitiesAndItsHistory() async throws {
    let expected = try await Self.expected()
    let photo = try Samples.photo()
    try await TestServer.run { server in
      var form = Data("--b\r\nContent-Disposition: form-data; name=\"email\"\r\n\r\na@b.c\r\n".utf8)
      form.append(
        contentsOf: "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"cat.jpg\"\r\n\r\n".utf8)
      form.append(photo)
      form.append(contentsOf: "\r\n--b--\r\n".utf8)
      // Twice: the original fails on the second upload of an image.
      for _ in 0..<2 {
        let answer = try await server.post("/predict", form, type: "multipart/form-data; boundary=b")
        #expect(answer.status == 200)
        #expect(answer.json?["email"] as? String == "a@b.c")
        let scores = try #require(answer.json?["confidence_score"] as? [[String: Any]])
        #expect(scores.compactMap { $0["label"] as? String } == expected.map(\.label))
        #expect(abs(scores.compactMap { $0["score"] as? Double }.reduce(0, +) - 1) < 1e-6)
      }
      #expect(try await server.post("/predict", Data("x".utf8)).status == 400)
      let data = try await server.post(
        "/fetch_data", Data("--b--".utf8), type: "multipart/form-data; boundary=b")
      let items = try #require(data.list as? [[String: Any]])
      #expect(items.count == 1)
      #expect(
        (items[0]["image_data"] as? String).flatMap { Data(base64Encoded: $0) }?.starts(with: [0xFF, 0xD8])
          == true)
      let scores = try #require((items[0]["classifications"] as? [[String: Any]])?.first)
      let real = try #require(scores["real_score"] as? Double)
      let fake = try #require(scores["fake_score"] as? Double)
      #expect(abs(real + fake - 1) < 1e-6)
    }
  }

  // MARK: The Open Inference Protocol

  /// As tritonclient lays out a request: JSON, then elements with their lengths.
  private static func request(_ elements: [Data], outputs: String = "") throws -> (body: Data, length: Int) {
    var binary = Data()
    for element in elements {
      withUnsafeBytes(of: UInt32(element.count).littleEndian) { binary.append(contentsOf: $0) }
      binary.append(element)
    }
    let json =
      #"{"id":"7","inputs":[{"name":"image","datatype":"BYTES","shape":[\#(elements.count)],"parameters":{"binary_data_size":\#(binary.count)}}]\#(outputs)}"#
    return (Data(json.utf8) + binary, json.utf8.count)
  }

  private static let path = "/v2/models/builtin:cifake"

  @Test func binaryTensorsGoBothWays() async throws {
    let expected = try await Self.expected()
    let photo = try Samples.photo()
    try await TestServer.run { server in
      let (body, length) = try Self.request(
        [photo, photo], outputs: #","parameters":{"binary_data_output":true}"#)
      let answer = try await server.post(
        "\(Self.path)/infer", body, headers: ["Inference-Header-Content-Length": "\(length)"])
      #expect(answer.status == 200)
      let header = try #require(answer.headers["inference-header-content-length"].flatMap(Int.init))
      let json = try #require(
        JSONSerialization.jsonObject(with: answer.body.prefix(header)) as? [String: Any])
      #expect(json["id"] as? String == "7")
      let outputs = try #require(json["outputs"] as? [[String: Any]])
      #expect(outputs.compactMap { $0["name"] as? String } == ["logits", "scores", "label"])
      let byIndex = expected.sorted { $0.index < $1.index }
      let logits = answer.body.dropFirst(header).prefix(16).withUnsafeBytes { bytes in
        (0..<4).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
      }
      #expect(logits == byIndex.map(\.logit) + byIndex.map(\.logit))
    }
  }

  @Test func jsonTensorsAndClassificationsAreAnswered() async throws {
    let expected = try await Self.expected()
    try await TestServer.run { server in
      let (body, length) = try Self.request(
        [Samples.photo()],
        outputs: #","outputs":[{"name":"scores","parameters":{"classification":1}},{"name":"label"}]"#)
      let answer = try await server.post(
        "\(Self.path)/infer", body, headers: ["Inference-Header-Content-Length": "\(length)"])
      let outputs = try #require(answer.json?["outputs"] as? [[String: Any]])
      #expect(
        outputs[0]["data"] as? [String] == ["\(expected[0].score):\(expected[0].index):\(expected[0].label)"])
      #expect(outputs[1]["data"] as? [String] == [expected[0].label])

      let pixels = try await server.post(
        "\(Self.path)/infer",
        JSONSerialization.data(withJSONObject: [
          "inputs": [
            [
              "name": "pixel_values", "datatype": "FP32", "shape": [1, 3, 32, 32],
              "data": [Double](repeating: 0, count: 3072),
            ]
          ]
        ]))
      #expect(pixels.status == 200)
      let zeros = try await ImageClassifier.defaultModel(policy: .pipeline).classify(
        pixelValues: Tensor(repeating: 0, shape: [1, 3, 32, 32]))[0]
      let logits = try #require((pixels.json?["outputs"] as? [[String: Any]])?.first?["data"] as? [Double])
      #expect(logits.map(Float.init) == zeros.sorted { $0.index < $1.index }.map(\.logit))
    }
  }

  @Test func healthAndMetadataAreThere() async throws {
    try await TestServer.run(prepares: false) { server in
      #expect(try await server.get("/v2/health/live").status == 200)
      #expect(try await server.get("/v2/health/ready").status == 503)
      #expect(try await server.get("/readyz").status == 503)
      #expect(try await server.get("/livez").status == 200)
      try await server.service.prepare()
    }
    try await TestServer.run { server in
      for path in ["/v2/health/ready", "\(Self.path)/ready", "/v2", "\(Self.path)/versions/1", "/readyz"] {
        #expect(try await server.get(path).status == 200, "\(path)")
      }
      #expect(try await server.get("/v2/models/nobody/ready").status == 404)
      #expect(try await server.get("\(Self.path)/versions/2").status == 404)
      let inputs = try await server.get(Self.path).json?["inputs"] as? [[String: Any]]
      #expect(inputs?.compactMap { $0["name"] as? String } == ["image", "pixel_values"])
    }
  }

  @Test(arguments: [
    #"{}"#, #"[1"#, #"{"inputs":[]}"#,
    #"{"inputs":[{"name":"image","datatype":"BYTES","shape":[1],"parameters":{"binary_data_size":99}}]}"#,
    #"{"inputs":[{"name":"image","datatype":"BYTES","shape":[1],"parameters":{"binary_data_size":-1}}]}"#,
    #"{"inputs":[{"name":"image","datatype":"BYTES","shape":[2],"data":["a"]}]}"#,
    #"{"inputs":[{"name":"image","datatype":"BYTES","shape":[9223372036854775807,4],"data":["a"]}]}"#,
    #"{"inputs":[{"name":"image","datatype":"UINT8","shape":[1],"data":[1]}]}"#,
    #"{"inputs":[{"name":"pixel_values","datatype":"FP32","shape":[1,3],"data":[1,2,3]}]}"#,
    #"{"inputs":[{"name":"pixel_values","datatype":"FP32","shape":[1,1,1,3],"data":[1,2,3]}]}"#,
  ])
  func requestsThatCannotBeAreRefused(_ body: String) async throws {
    try await TestServer.run { server in
      let answer = try await server.post("\(Self.path)/infer", Data(body.utf8))
      #expect(answer.status == 400)
      #expect(answer.json?["error"] is String)
    }
  }
}
