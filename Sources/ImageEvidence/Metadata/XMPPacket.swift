/// The properties of an XMP packet that are asked for: texts by namespace and name, never by prefix.
struct XMPPacket {
  typealias Name = XMLReader.Name

  enum Namespace {
    static let iptc = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
    static let photoshop = "http://ns.adobe.com/photoshop/1.0/"
    static let basic = "http://ns.adobe.com/xap/1.0/"
    static let terms = "http://purl.org/dc/terms/"
    static let dublinCore = "http://purl.org/dc/elements/1.1/"
    static let exif = "http://ns.adobe.com/exif/1.0/"
    static let note = "http://ns.adobe.com/xmp/note/"
    fileprivate static let rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
  }

  private(set) var properties: [Name: [String]] = [:]

  /// - Parameter bytes: A packet in UTF-8, with or without the instructions around it.
  init(_ bytes: [UInt8], limits: EvidenceLimits) throws(XMLReader.Problem) {
    var packet = bytes
    while let last = packet.last, last == 0 { packet.removeLast() }
    collect(try XMLReader.root(of: packet, depth: limits.textDepth))
  }

  subscript(_ namespace: String, _ local: String) -> String? { properties[Name(namespace, local)]?.first }

  func all(_ namespace: String, _ local: String) -> [String] { properties[Name(namespace, local)] ?? [] }

  /// The label of China's TC260, whose namespace is spelled in several ways.
  var contentLabels: [String] {
    properties.filter {
      $0.key.local == "AIGC" && $0.key.namespace.lowercased().contains("tc260.org.cn/ns/aigc")
    }
    .flatMap(\.value)
  }

  private mutating func collect(_ element: XMLReader.Element) {
    let isDescription = element.name == Name(Namespace.rdf, "Description")
    if isDescription {
      for (name, value) in element.attributes where name.namespace != Namespace.rdf { add(name, value) }
      for property in element.children { addProperty(property) }
    } else if element.name.namespace == Namespace.rdf || element.name == Name("adobe:ns:meta/", "xmpmeta") {
      for child in element.children { collect(child) }
    }
  }

  private mutating func addProperty(_ property: XMLReader.Element) {
    if let resource = property.attributes.first(where: { $0.name == Name(Namespace.rdf, "resource") }) {
      add(property.name, resource.value)
    } else if property.children.isEmpty {
      add(property.name, property.text)
    } else {
      for list in property.children where list.name.namespace == Namespace.rdf {
        for item in list.children where item.name == Name(Namespace.rdf, "li") {
          let resource = item.attributes.first { $0.name == Name(Namespace.rdf, "resource") }?.value
          if item.children.isEmpty { add(property.name, resource ?? item.text) }
        }
      }
    }
  }

  private mutating func add(_ name: Name, _ value: String) { properties[name, default: []].append(value) }
}
