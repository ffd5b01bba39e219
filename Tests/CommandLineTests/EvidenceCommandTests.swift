#if Evidence
  import Foundation
  import TestSupport
  import Testing

  /// `aiguard evidence`, `examine` and `report`, as a user has them.
  @Suite(.enabled(if: Tool.isBuilt)) struct EvidenceCommandTests {
    private static let at = ["--at", "2026-11-26T00:00:00Z"]

    /// What a page is made of.
    private static let elements: Set<String> = [
      "html", "head", "meta", "title", "style", "body", "main", "h1", "h2", "h3", "p", "div", "b", "span",
      "figure", "img",
      "figcaption", "dl", "dt", "dd", "table", "caption", "thead", "tbody", "tr", "th", "td", "small", "ul",
      "li",
    ]

    private func path(_ name: String) -> String { Fixtures.url("evidence/\(name)").path }
    private var anchors: String { path("c2pa/anchors.pem") }
    private var signed: String { path("c2pa/samples/c01-jpeg-es256-v2-ai.jpg") }

    @Test func trustIsTheCallersToGive() throws {
      let plain = try Tool.run(["evidence", signed, "--json"] + Self.at, usesDefaultModel: true)
      let trusted = try Tool.run(
        ["evidence", signed, "--json", "--trust-anchors", anchors] + Self.at, usesDefaultModel: true)
      for (outcome, state) in [(plain, "valid"), (trusted, "trusted")] {
        #expect(outcome.status == 0 && outcome.errors.isEmpty)
        let store = try #require(try outcome.lines.first?["manifestStore"] as? [String: Any])
        #expect(store["validationState"] as? String == state)
      }
      // The certificate is of a time after this one.
      let early = try Tool.run(
        ["evidence", signed, "--at", "2020-01-01T00:00:00Z"], usesDefaultModel: true)
      #expect(early.output.contains("claimSignature.outsideValidity"))
    }

    @Test func textSaysWhoseWordItIs() throws {
      let outcome = try Tool.run(
        ["evidence", signed, path("m52-none.jpg"), "--trust-anchors", anchors] + Self.at,
        usesDefaultModel: true)
      #expect(
        outcome.output.contains(
          "conclusive  AIGuard Test (certified by AIGuard Test) states that of the image"))
      #expect(outcome.output.contains("which is no evidence either way"))
    }

    @Test func aFileBesideTheImageVouchesForIt() throws {
      let outcome = try Tool.run(
        ["evidence", path("c2pa/sidecar/image.jpg"), "--trust-anchors", path("c2pa/sidecar/anchors.pem")]
          + Self.at, usesDefaultModel: true)
      #expect(outcome.output.contains("trusted: "))
    }

    @Test func hiddenTextsAreReadWhereThatIsAskedFor() throws {
      let image = path("m20-novelai-stealth-alpha.png")
      let plain = try Tool.run(["evidence", image], usesDefaultModel: true)
      let decoded = try Tool.run(["evidence", image, "--hidden-texts"], usesDefaultModel: true)
      #expect(plain.output.contains("which is no evidence either way"))
      #expect(decoded.output.contains("lowest bits of alpha") && decoded.output.contains("a red cube"))
    }

    @Test func promptsCanBeLeftOut() throws {
      let image = path("m01-a1111.png")
      let prompt = try #require(
        try
          (Tool.run(["evidence", image, "--json"], usesDefaultModel: true).lines.first?["generation"]
          as? [String: Any])?[
            "prompt"] as? String)
      for command in [["evidence"], ["examine", "--model", "builtin:cifake"]] {
        let outcome = try Tool.run(command + [image, "--json", "--omit-prompts"], usesDefaultModel: true)
        #expect(outcome.status == 0 && !outcome.output.contains(prompt))
      }
    }

    @Test func failuresAreNamed() throws {
      let missing = try Tool.run(
        ["evidence", "/nowhere/a.jpg", path("m52-none.jpg")], usesDefaultModel: true)
      #expect(
        missing.status == 1 && missing.errors.contains("/nowhere/a.jpg")
          && missing.output.contains("container"))
      let noAnchors = try Tool.run(["evidence", signed, "--trust-anchors", signed], usesDefaultModel: true)
      #expect(noAnchors.status == 1 && noAnchors.errors.contains("certificate"))
      #expect(try Tool.run(["evidence", signed, "--at", "yesterday"], usesDefaultModel: true).status == 2)
    }

    @Test func examineSaysBothAndAConflictFirst() throws {
      let outcome = try Tool.run(
        ["examine", "--model", "builtin:cifake", "--json", signed] + Self.at, usesDefaultModel: true)
      let line = try #require(try outcome.lines.first)
      let classified = try Tool.run(
        ["classify", "--model", "builtin:cifake", "--json", signed], usesDefaultModel: true)
      var expected = try #require(try classified.lines.first)
      expected["file"] = nil
      #expect(line["classification"] as? NSDictionary == expected as NSDictionary)
      let text = try Tool.run(
        ["examine", "--model", "builtin:cifake", signed] + Self.at, usesDefaultModel: true
      ).output
      let second = text.split(separator: "\n").dropFirst().first ?? ""
      #expect(second.contains("a credential of an unknown signer says that a model made it"))
    }

    /// Names with markup, controls and marks of direction stand in the page as texts.
    @Test(arguments: [
      "c2pa/samples/c19-jpeg-strings.jpg", "c2pa/samples/c22-jpeg-sigtst2.jpg", "m01-a1111.png",
      "m52-none.jpg",
      "m49-avif-exif-xmp.avif",
    ])
    func thePageExecutesNothing(_ name: String) throws {
      let folder = try TemporaryDirectory()
      let page = folder.url.appendingPathComponent("page.html")
      let outcome = try Tool.run(
        ["report", path(name), "--out", page.path, "--model", "builtin:cifake"] + Self.at,
        usesDefaultModel: true)
      #expect(outcome.status == 0, "\(outcome.errors)")
      let html = try String(contentsOf: page, encoding: .utf8)
      let elements = Set(html.matches(of: /<([a-zA-Z][a-zA-Z0-9]*)/).map { String($0.1) })
      #expect(elements.isSubset(of: Self.elements), "\(elements.subtracting(Self.elements))")
      #expect(html.contains("default-src &#39;none&#39;"))
      for word in ["Receipt", "What the file says of its origin", "What the network says of the pixels"] {
        #expect(html.contains(word))
      }
      #expect(html.components(separatedBy: "<img ").count == 3)
    }

    @Test func hostileTextsOfTheFileAreShownAsTexts() throws {
      let folder = try TemporaryDirectory()
      let escaped =
        "&lt;script&gt;alert(1)&lt;/script&gt;&quot;&gt;&lt;img src=x onerror=alert(2)&gt; \u{202E}"
      let packet =
        "http://ns.adobe.com/xap/1.0/\u{0}<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF "
        + "xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"><rdf:Description "
        + "xmlns:dcterms=\"http://purl.org/dc/terms/\" dcterms:provenance=\"\(escaped)\"/></rdf:RDF></x:xmpmeta>"
      let count = packet.utf8.count + 2
      let segment = [0xFF, 0xE1, UInt8(count >> 8), UInt8(count & 255)] + Array(packet.utf8)
      let plain = try Fixtures.bytes("evidence/m52-none.jpg")
      let jpeg = plain.prefix(2) + segment + plain.dropFirst(2)
      let image = folder.url.appendingPathComponent("a.jpg")
      try Data(jpeg).write(to: image)
      let page = folder.url.appendingPathComponent("page.html")
      let outcome = try Tool.run(
        ["report", image.path, "--out", page.path, "--model", "builtin:cifake"], usesDefaultModel: true)
      #expect(outcome.status == 0, "\(outcome.errors)")
      let html = try String(contentsOf: page, encoding: .utf8)
      #expect(
        html.contains("&lt;script&gt;alert(1)") && !html.contains("<script>alert")
          && !html.contains("<img src=x"))
    }
  }
#endif
