internal import ImageDecoding
internal import Platform

extension RawMetadata {
  mutating func readPNG(_ parts: FileParts) {
    for part in parts.parts {
      let content = parts[part.content]
      switch part.name {
      case "eXIf": addEXIF(content, at: "PNG eXIf")
      case "caBX": addStore(EmbeddedStore(bytes: Array(content), extent: part.range), at: "PNG caBX")
      case "tEXt", "zTXt", "iTXt": readPNGText(part.name, content)
      default: break
      }
    }
  }

  private mutating func readPNGText(_ type: String, _ content: UnsafeRawBufferPointer) {
    guard let separator = content.firstIndex(ofByte: 0), separator > 0 else {
      note(.damaged, "PNG \(type)", "A text has no keyword.")
      return
    }
    let key = String(anyText: content.prefix(Swift.min(separator, 200)))
    let place = "PNG \(type) \"\(key)\""
    var text = content.suffix(from: separator + 1)
    var isCompressed = false
    if type == "zTXt" {
      guard text.first == 0 else {
        note(.damaged, place, "The text is compressed in an unknown way.")
        return
      }
      (isCompressed, text) = (true, text.suffix(from: 1))
    } else if type == "iTXt" {
      let head = text
      guard head.count > 2, let language = head.suffix(from: 2).firstIndex(ofByte: 0),
        let keyword = head.suffix(from: 3 + language).firstIndex(ofByte: 0), head[0] == 0 || head[1] == 0
      else {
        note(.damaged, place, "The text's head is incomplete.")
        return
      }
      (isCompressed, text) = (head[0] != 0, head.suffix(from: 4 + language + keyword))
    }
    if isCompressed {
      do throws(Deflate.TextProblem) {
        let most = Swift.max(0, Swift.min(limits.textBytes, limits.allTextBytes - textBytes))
        addPNGText(key, try Deflate.inflateText(text, limit: most), at: place)
      } catch {
        switch error {
        case .corrupt: note(.damaged, place, "The compressed text is broken.")
        case .tooLarge: note(.limitExceeded, place, "The compressed text is too long, and was not read.")
        case .notBuiltIn: note(.notRead, place, "This build cannot inflate texts.")
        }
      }
    } else {
      addPNGText(key, Array(text), at: place)
    }
  }

  private mutating func addPNGText(_ key: String, _ bytes: [UInt8], at place: String) {
    if key == "XML:com.adobe.xmp" {
      addXMP(bytes, at: place)
    } else if key.hasPrefix("Raw profile type ") {
      guard let profile = Self.rawProfile(bytes) else {
        note(.damaged, place, "The profile is not written in hexadecimal digits as it declares.")
        return
      }
      switch key.dropFirst(17) {
      case "exif", "APP1":
        let packet = "http://ns.adobe.com/xap/1.0/\0"
        if profile.starts(with: packet.utf8) {
          addXMP(profile.dropFirst(packet.utf8.count), at: place)
        } else {
          addEXIF(profile, at: place)
        }
      case "xmp": addXMP(profile, at: place)
      case "iptc", "8bim":
        profile.withUnsafeBytes { readPhotoshop($0, at: place) }
        if !profile.starts(with: "Photoshop".utf8) { iptc.append(Block(place: place, bytes: profile)) }
      default: break
      }
    } else {
      addText(key, bytes, at: place)
    }
  }

  /// What ImageMagick writes as a name, a count and hexadecimal digits.
  private static func rawProfile(_ text: [UInt8]) -> [UInt8]? {
    let lines = text.split(separator: UInt8(ascii: "\n"), maxSplits: 2)
    guard lines.count == 3,
      let count = Int(String(decoding: lines[1].drop { $0 == UInt8(ascii: " ") }, as: UTF8.self))
    else { return nil }
    var bytes: [UInt8] = []
    var high: UInt8?
    for byte in lines[2] where byte > 0x20 {
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue.map({ UInt8($0) }) else { return nil }
      if let first = high {
        bytes.append(first << 4 | digit)
        high = nil
      } else {
        high = digit
      }
    }
    return high == nil && bytes.count == count ? bytes : nil
  }
}
