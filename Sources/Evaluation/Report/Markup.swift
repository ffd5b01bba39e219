import Platform

/// HTML and SVG, put together so that nothing of a text can become markup: every text and every value of an attribute
/// goes through `escape`. What comes out is well-formed XML too.
struct Markup {
  private(set) var html: String

  private init(html: String) { self.html = html }

  /// Nothing.
  static let none = Markup(html: "")

  /// Text as it is read. What would steer its display (controls, marks of direction, line breaks) is shown and has no effect.
  static func text(_ text: String) -> Markup { Markup(html: escape(text)) }

  /// An element with its content.
  static func element(
    _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String> = [:], _ content: [Markup] = []
  ) -> Markup {
    var html = "<\(name)"
    for (key, value) in attributes { html += " \(key)=\"\(escape(value))\"" }
    // HTML has no other elements that may be closed at once.
    if empty.contains("\(name)") { return Markup(html: html + "/>") }
    return Markup(html: html + ">" + content.map(\.html).joined() + "</\(name)>")
  }

  /// An element with a text.
  static func element(
    _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String> = [:], _ text: String
  ) -> Markup {
    element(name, attributes, [.text(text)])
  }

  /// An element with a text and no attributes.
  static func element(_ name: StaticString, _ text: String) -> Markup { element(name, [:], [.text(text)]) }

  /// The sheet of styles, which is a text of this program.
  static func style(_ sheet: StaticString) -> Markup { Markup(html: "<style>\(sheet)</style>") }

  /// Several after each other.
  static func group(_ parts: [Markup]) -> Markup { Markup(html: parts.map(\.html).joined()) }

  private static let empty: Set<String> = ["meta", "img", "br", "rect", "line", "polyline"]

  private static func escape(_ text: String) -> String {
    var html = ""
    for scalar in text.escaped.unicodeScalars {
      switch scalar {
      case "&": html += "&amp;"
      case "<": html += "&lt;"
      case ">": html += "&gt;"
      case "\"": html += "&quot;"
      case "'": html += "&#39;"
      // No characters of XML.
      case "\u{FFFE}", "\u{FFFF}": html += "\u{FFFD}"
      default: html.unicodeScalars.append(scalar)
      }
    }
    return html
  }
}
