/// A box of a store (ISO/IEC 19566-5), in the bytes that it was read from.
package struct JUMBFBox: Sendable {
  /// Four characters.
  package let type: String
  /// With its head.
  package let range: Range<Int>
  /// Behind its head.
  package let content: Range<Int>
  /// Of a superbox: what its first box says.
  package let description: JUMBFDescription?
  /// Of a superbox: the boxes behind the description.
  package let children: [JUMBFBox]
  let source: [UInt8]

  /// What is behind its head; of a superbox this is what hashes are made over.
  package var bytes: ArraySlice<UInt8> { source[content] }

  var label: String? { description?.label }

  /// The superbox with a label, unless there is none or more than one: then nobody can say which is meant.
  func child(labelled label: String) -> JUMBFBox? {
    let found = children.filter { $0.label.map { $0.utf8.elementsEqual(label.utf8) } ?? false }
    return found.count == 1 ? found[0] : nil
  }

  /// The superbox at the end of a path of labels.
  func descendant(_ path: [String]) -> JUMBFBox? {
    var box = self
    for label in path {
      guard let next = box.child(labelled: label) else { return nil }
      box = next
    }
    return box
  }

  /// The superboxes of a type among the children.
  func children(of type: JUMBFType) -> [JUMBFBox] { children.filter { $0.description?.type == type } }

  /// The bytes of the content box of a type, if there is exactly one.
  func onlyContent(_ type: String) -> ArraySlice<UInt8>? {
    let found = children.filter { $0.type == type }
    return found.count == 1 ? found[0].bytes : nil
  }
}

/// What a superbox says of itself.
package struct JUMBFDescription: Sendable {
  package let type: JUMBFType
  package let label: String?
}

/// The UUID that says what a superbox holds.
package struct JUMBFType: Sendable, Hashable {
  let bytes: [UInt8]

  init(_ bytes: some Collection<UInt8>) { self.bytes = Array(bytes) }

  /// Four characters in front of the tail that all of the standard's own have.
  private init(_ name: StaticString) {
    bytes =
      name.withUTF8Buffer { Array($0) } + [
        0x00, 0x11, 0x00, 0x10, 0x80, 0x00, 0x00, 0xAA, 0x00, 0x38, 0x9B, 0x71,
      ]
  }

  static let store = JUMBFType("c2pa")
  static let manifest = JUMBFType("c2ma")
  /// Read as a manifest, and no longer written.
  static let oldManifest = JUMBFType("c2md")
  static let updateManifest = JUMBFType("c2um")
  static let compressedManifest = JUMBFType("c2cm")
  static let assertionStore = JUMBFType("c2as")
  static let claim = JUMBFType("c2cl")
  static let signature = JUMBFType("c2cs")
  static let cbor = JUMBFType("cbor")
  static let json = JUMBFType("json")
  static let uuid = JUMBFType("uuid")
  static let embeddedFile = JUMBFType([
    0x40, 0xCB, 0x0C, 0x32, 0xBB, 0x8A, 0x48, 0x9D, 0xA7, 0x0B, 0x2A, 0xD6, 0xF4, 0x7F, 0x43, 0x69,
  ])
  /// In the content box of an assertion that was redacted.
  static let redacted = JUMBFType([
    0xCA, 0xA9, 0x8E, 0xEE, 0x9D, 0x4D, 0xF8, 0x0E, 0x86, 0xAD, 0x4D, 0xFF, 0xCA, 0x26, 0x39, 0x73,
  ])
}
