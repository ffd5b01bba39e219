import Foundation
import Testing

@testable import ServiceHTTP

@Suite(.serialized) struct PageTests {
  private static func page(_ name: String) throws -> String {
    try String(
      contentsOf: Samples.root.appending(path: "Sources/Service/Sources/ServiceHTTP/Page/\(name)"),
      encoding: .utf8)
  }

  @Test func thePageComesWithAPolicyThatAllowsNothingFromElsewhere() async throws {
    try await TestServer.run { server in
      for path in [
        "/", "/docs", "/docs.js", "/page.css", "/page.js", "/texts.js", "/favicon.svg", "/openapi.json",
      ] {
        let answer = try await server.get(path)
        #expect(answer.status == 200, "\(path)")
        #expect(answer.headers["content-security-policy"]?.hasPrefix("default-src 'none'") == true)
        #expect(answer.headers["x-content-type-options"] == "nosniff")
      }
    }
  }

  @Test func nothingOfThePageIsFromElsewhereOrInline() throws {
    let html = try Self.page("index.html")
    #expect(!html.contains("http"), "no address")
    #expect(!html.contains("style=") && !html.contains("onclick"))
    for name in ["page.js", "docs.js"] {
      let script = try Self.page(name)
      #expect(!script.contains("innerHTML") && !script.contains("eval("), "\(name)")
    }
  }

  /// Both languages have every text, and every text that the page asks for is there.
  @Test func everyTextIsThereInEveryLanguage() throws {
    let source = try Self.page("texts.js")
    let languages = source.split(separator: /\n  (en|de): \{/).dropFirst()
    try #require(languages.count == 2)
    let keys = languages.map { text in
      Set(text.matches(of: /(?:^|[ ,\n])"?([\w-]+)"?: "/).map { String($0.1) })
    }
    #expect(keys[0] == keys[1])
    #expect(keys[0].count > 40)
    let asked =
      try Self.page("index.html").matches(of: /data-text="([\w-]+)"/).map { String($0.1) }
      + Self.page("page.js").matches(of: /text\("([\w-]+)"/).map { String($0.1) }
    #expect(asked.count > 40)
    #expect(Set(asked).subtracting(keys[0]).isEmpty)
  }

  @Test func metricsAreLinesOfTheTextFormat() async throws {
    try await TestServer.run { server in
      _ = try await server.get("/nowhere")
      #expect(try await server.send("PROPFIND", "/livez").status == 405)
      let answer = try await server.get("/metrics")
      #expect(answer.headers["content-type"]?.hasPrefix("text/plain; version=0.0.4") == true)
      let text = String(decoding: answer.body, as: UTF8.self)
      #expect(text.contains("method=\"other\"") && !text.contains("PROPFIND"))
      for line in text.split(separator: "\n")
      where !line.hasPrefix("#") {
        #expect(
          line.wholeMatch(of: /[a-z_]+(\{[a-z_]+="[^"]*"(,[a-z_]+="[^"]*")*\})? [0-9.e+-]+/) != nil, "\(line)"
        )
      }
    }
  }

  /// Every operation of the document is there, and what is not in it is 405 with the methods that are, or 404.
  @Test func theDocumentAndTheRoutesAgree() async throws {
    let document =
      try JSONSerialization.jsonObject(with: Data(Self.page("openapi.json").utf8)) as? [String: Any]
    let paths = try #require(document?["paths"] as? [String: [String: Any]]).mapValues { Set($0.keys) }
    try await TestServer.run { server in
      for (template, members) in paths {
        let path = template.replacing("{id}", with: UUID().uuidString).replacing("{version}", with: "1")
          .replacing(/\{\w+\}/, with: "nobody")
        for method in ["GET", "POST", "DELETE", "PUT"] {
          let answer = try await server.send(method, path, method == "GET" ? nil : Data())
          if members.contains(method.lowercased()) {
            #expect(
              answer.kind != "not-found" && answer.kind != "method-not-allowed", "\(method) \(template)")
          } else {
            #expect(answer.status == 405, "\(method) \(template)")
            let allowed = try #require(answer.headers["allow"]).lowercased().split(separator: ", ").map(
              String.init)
            #expect(Set(allowed).subtracting(["head"]) == members.subtracting(["parameters"]))
          }
        }
      }
      #expect(try await server.send("POST", "/", Data()).status == 405)
      #expect(try await server.send("HEAD", "/livez").status == 200)
    }
  }
}
