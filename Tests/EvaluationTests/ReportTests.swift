import Foundation
import Platform
import Testing

@testable import Evaluation

/// The report is one file that needs and runs nothing, whatever stands in names.
@Suite struct ReportTests {
  private func report(models: Int = 2) throws -> String {
    try EvaluationReport(ExampleResult.make(models: models)) { _ in "data:image/png;base64,AAAA" }.html
  }

  /// Every element closes in its turn, and every attribute has quotes: what is text cannot have become markup.
  @Test(arguments: [1, 2, 8]) func itIsWellFormed(models: Int) throws {
    let html = try report(models: models)
    #expect(html.hasPrefix("<!DOCTYPE html>\n<html lang=\"en\">"))
    var open: [Substring] = []
    var elements: Set<Substring> = []
    var rest = html.dropFirst("<!DOCTYPE html>".count)
    let tag = /^<(\/?)([a-z][a-z0-9]*)((?: [a-zA-Z0-9-]+="[^"<>]*")*)(\/?)>/
    while let start = rest.firstIndex(of: "<") {
      rest = rest[start...]
      let match = try #require(rest.firstMatch(of: tag), "\(rest.prefix(80))")
      elements.insert(match.2)
      if match.1 == "/" {
        #expect(open.popLast() == match.2)
      } else if match.4.isEmpty {
        open.append(match.2)
      }
      rest = rest[match.range.upperBound...]
    }
    #expect(open.isEmpty)
    #expect(
      elements.isSubset(of: [
        "html", "head", "meta", "title", "style", "body", "main", "section", "h1", "h2", "h3", "p", "dl",
        "dt",
        "dd", "div", "span", "b", "br", "i", "ul", "li", "figure", "figcaption", "table", "caption", "thead",
        "tbody", "tr", "th", "td", "small", "img", "svg", "rect", "line", "polyline", "circle", "text",
        "title",
      ]), "\(elements)")
  }

  @Test func nothingOfANameIsMarkup() throws {
    let html = try report()
    for part in [
      "<script", "<b o", "</td><img src=http", "\u{202E}", "\u{0}", "\u{1B}", "onload='", "<i>.txt",
    ] {
      #expect(!html.contains(part), "\(part)")
    }
    // It is there to be read.
    #expect(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;&amp;amp;&#39;\\u{202E}\\0\\n"))
    #expect(html.contains("FAKE&lt;b onload=&#39;x&#39;&gt;"))
  }

  /// No address but the name of SVG, and a policy that allows no script and no style but the report's own.
  @Test func itNeedsNothingElse() throws {
    let html = try report()
    let addresses = html.matches(of: /(?:https?:)?\/\/[a-z0-9.-]+[^"'<>\s]*/).map { String($0.0) }
    #expect(Set(addresses).subtracting(["http://www.w3.org/2000/svg", "http://e.x/&gt;.jpg"]).isEmpty)
    #expect(
      html.matches(of: /\s(src|href|url|action|srcset|style|on[a-z]+)\s*=\s*"([^"]*)"/).allSatisfy {
        $0.1 == "src" && $0.2.hasPrefix("data:image/")
      })
    #expect(!html.contains("@import") && !html.contains("url("))
    let policy = try #require(html.firstMatch(of: /Content-Security-Policy" content="([^"]*)"/)).1
    let sheet = try #require(html.firstMatch(of: /(?s)<style>(.*)<\/style>/)).1
    var hash = Array(sheet.utf8)
    hash = Array(try Base64.sha256(of: hash).utf8)
    #expect(
      policy.hasPrefix(
        "default-src &#39;none&#39;; style-src &#39;sha256-\(String(decoding: hash, as: UTF8.self))&#39;; img-src data:;"
      ))
  }

  /// RFC 4648's own, and every length.
  @Test func base64IsFoundations() throws {
    for (text, expected) in [
      ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
      ("foobar", "Zm9vYmFy"),
    ] { #expect(Base64.text(Array(text.utf8)) == expected) }
    let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0 * 37) }
    #expect(Base64.text(bytes) == Data(bytes).base64EncodedString())
    // openssl dgst -sha256 -binary | base64
    #expect(try Base64.sha256(of: Array("abc".utf8)) == "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=")
  }

  @Test func figuresAreWrittenWithFixedDecimals() {
    #expect(0.93886.fixed(4) == "0.9389")
    #expect((-0.00001).fixed(4) == "0.0000")
    #expect((-1.5).fixed(0) == "-2")
    #expect(12.0.fixed(1) == "12.0")
    #expect(Double.nan.fixed(2) == "nan")
    #expect(0.9389.percent == "93.9 %")
    #expect(
      [0, 999, 1000, 19622, -1_234_567].map(\.grouped) == ["0", "999", "1,000", "19,622", "-1,234,567"])
  }

  /// A figure that is not defined has no field, and numbers are those of the metrics.
  @Test func theJSONHasTheFigures() throws {
    let result = try ExampleResult.make()
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(result.jsonText.utf8)) as? [String: Any])
    let model = try #require((object["models"] as? [[String: Any]])?.first)
    let metrics = try #require(model["metrics"] as? [String: Any])
    #expect(metrics["rocArea"] as? Double == result.models[0].metrics.rocArea)
    #expect((metrics["accuracy"] as? [String: Any])?["total"] as? Int == 200)
    #expect((model["rocCurve"] as? [[String: Any]])?.first?["threshold"] == nil)
    #expect((object["data"] as? [String: Any])?["count"] as? Int == 201)
    #expect((model["sweep"] as? [[String: Any]])?.count == 2)
    var lines: [String] = []
    result.eachScoreLine { lines.append($0) }
    #expect(lines.count == 200 && lines.allSatisfy { $0.hasSuffix("}\n") && !$0.dropLast().contains("\n") })
    let line = try #require(try JSONSerialization.jsonObject(with: Data(lines[7].utf8)) as? [String: Any])
    #expect(line["name"] as? String == ExampleResult.hostileName.showingPathBytes)
    #expect(line["score"] as? Double == 0.0001)
  }
}
