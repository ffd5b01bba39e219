import Platform

extension Markup {
  /// A page that needs nothing else: its content security policy allows its own style and images in it, and nothing more.
  static func page(_ title: String, _ content: [Markup]) throws(DigestError) -> String {
    let sheet = Array("\(ReportStyle.sheet)".utf8)
    let policy =
      "default-src 'none'; style-src 'sha256-\(try Base64.sha256(of: sheet))'; img-src data:; base-uri 'none'; "
      + "form-action 'none'"
    let head = Markup.element(
      "head", [:],
      [
        .element("meta", ["charset": "utf-8"]),
        .element("meta", ["http-equiv": "Content-Security-Policy", "content": policy]),
        .element("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"]),
        .element("meta", ["name": "color-scheme", "content": "light dark"]),
        .element("title", title), .style(ReportStyle.sheet),
      ])
    let page = Markup.element(
      "html", ["lang": "en"], [head, .element("body", [:], [.element("main", [:], content)])])
    return "<!DOCTYPE html>\n" + page.html + "\n"
  }
}
