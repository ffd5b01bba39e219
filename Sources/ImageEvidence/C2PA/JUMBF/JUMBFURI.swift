/// A reference into a store: `self#jumbf=/c2pa/MANIFEST/BOX/BOX`, or `self#jumbf=BOX/BOX` inside its own manifest.
struct JUMBFURI: Hashable, Sendable {
  /// Nil for the manifest that it stands in.
  let manifest: String?
  /// Labels from the manifest down; empty for the manifest itself.
  let path: [String]

  /// Nil where the text is no reference. Steps upwards are labels like others, which no box has.
  init?(_ text: String) {
    guard text.utf8.starts(with: "self#jumbf=".utf8) else { return nil }
    let rest = text.utf8.dropFirst("self#jumbf=".utf8.count)
    var labels = rest.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map {
      String(decoding: $0, as: UTF8.self)
    }
    if labels.first == "" { labels.removeFirst() }
    guard !labels.isEmpty, labels.allSatisfy({ !$0.isEmpty }) else { return nil }
    if labels[0] == "c2pa" {
      guard labels.count >= 2 else { return nil }
      manifest = labels[1]
      path = Array(labels.dropFirst(2))
    } else {
      manifest = nil
      path = labels
    }
  }

  init(manifest: String?, path: [String]) {
    self.manifest = manifest
    self.path = path
  }

  /// With the manifest that it means when it stands in `own`.
  func absolute(in own: String) -> JUMBFURI { JUMBFURI(manifest: manifest ?? own, path: path) }

  var text: String {
    guard let manifest else { return "self#jumbf=" + path.joined(separator: "/") }
    return "self#jumbf=/" + (["c2pa", manifest] + path).joined(separator: "/")
  }

  /// By bytes: equal texts of other bytes are other labels.
  static func == (left: JUMBFURI, right: JUMBFURI) -> Bool { left.text.utf8.elementsEqual(right.text.utf8) }

  func hash(into hasher: inout Hasher) { for byte in text.utf8 { hasher.combine(byte) } }
}
