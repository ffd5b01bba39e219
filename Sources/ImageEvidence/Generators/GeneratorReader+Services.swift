internal import JSONText
internal import Platform

// Marks of services: what names one, without settings.

extension GeneratorReader {
  var midjourney: GenerationParameters? {
    for candidate in candidates where ["Description", "ImageDescription", "comment"].contains(candidate.key) {
      guard let job = candidate.text.range(ofText: "Job ID: ") else { continue }
      var found = GenerationParameters(.midjourney, place: candidate.place, rawText: candidate.text)
      found.origin = String(candidate.text[job.upperBound...].prefix { $0.isHexDigit || $0 == "-" })
      var body = candidate.text[..<job.lowerBound]
      if let options = body.range(ofText: " --") {
        let words = body[options.lowerBound...].split(separator: " ")
        if let index = words.firstIndex(of: "--v"), words.indices.contains(index + 1) {
          found.toolVersion = String(words[index + 1])
        }
        body = body[..<options.lowerBound]
      }
      while body.last == " " { body.removeLast() }
      found.prompt = String(body)
      return found
    }
    return nil
  }

  var xAI: GenerationParameters? {
    for (block, place) in input.exif {
      let mark = "Signature: "
      guard let description = block.text(.first, 0x010E), description.hasPrefix(mark),
        description.utf8.count >= mark.utf8.count + 64, block.userComment == description,
        let artist = block.text(.first, 0x013B), artist.count == 36, artist.filter({ $0 == "-" }).count == 4
      else { continue }
      return GenerationParameters(.xAI, place: place)
    }
    return nil
  }

  var byteDance: GenerationParameters? {
    for candidate in candidates {
      guard let object = candidate.object, object["product"]?.stringValue != nil,
        object["exportType"]?.stringValue == "generation"
          || object["aigc_info"]?.objectValue?["aigc_label_type"]?.integerValue.map({ [1, 2].contains($0) })
            == true
      else { continue }
      var found = GenerationParameters(.byteDance, place: candidate.place, rawText: candidate.text)
      found.origin = object["product"]?.stringValue
      return found
    }
    return nil
  }

  var samsung: GenerationParameters? {
    let tail = String(latin1: input.trailer.suffix(1 << 20))
    guard let mark = tail.range(ofText: "PhotoEditor_Re_Edit_Data"),
      let key = tail[mark.upperBound...].range(ofText: "\"genAIType\":")
    else { return nil }
    let digits = tail[key.upperBound...].drop { $0 == " " }.prefix { $0.isNumber }
    guard let type = Int(digits), type != 0 else { return nil }
    var found = GenerationParameters(.samsungGalaxyAI, place: "after the end of the image")
    found.origin = "genAIType \(type)"
    return found
  }

  var credits: GenerationParameters? {
    let named =
      input.xmp.compactMap { entry in
        entry.packet[XMPPacket.Namespace.photoshop, "Credit"].map { ($0, entry.place) }
      }
      + input.iptc.compactMap { entry in entry.records[2, 110].map { ($0, entry.place) } }
    for (credit, place) in named {
      let tool: GenerationParameters.Tool? =
        switch credit {
        case "Apple Photos Clean Up": .appleCleanUp
        case "Made with Google AI", "Edited with Google AI": .googleAI
        case "Imagined with AI": .metaAI
        default: nil
        }
      if let tool {
        var found = GenerationParameters(tool, place: place)
        found.origin = credit
        return found
      }
    }
    return nil
  }

  var declared: GenerationParameters? {
    for (packet, place) in input.xmp {
      let iptc = XMPPacket.Namespace.iptc
      guard let system = packet[iptc, "AISystemUsed"] ?? packet[iptc, "AIPromptInformation"] else { continue }
      var found = GenerationParameters(.iptc, place: place)
      found.modelName = packet[iptc, "AISystemUsed"] == nil ? nil : system
      found.toolVersion = packet[iptc, "AISystemVersionUsed"]
      found.prompt = packet[iptc, "AIPromptInformation"]
      return found
    }
    return nil
  }

  var names: GenerationParameters? {
    var named = candidates.filter { ["Software", "Make", "Artist", "Source", "Comment"].contains($0.key) }
      .map { ($0.text, $0.place) }
    for (packet, place) in input.xmp {
      if let tool = packet[XMPPacket.Namespace.basic, "CreatorTool"] { named.append((tool, place)) }
    }
    for (text, place) in named {
      guard let tool = GeneratorNames.tool(text) else { continue }
      var found = GenerationParameters(tool, place: place)
      found.origin = text
      return found
    }
    return nil
  }

  var job: GenerationParameters? {
    guard let candidate = first("hf-job-id") else { return nil }
    var found = GenerationParameters(.huggingFaceJob, place: candidate.place)
    found.origin = candidate.text
    return found
  }
}

/// Names of generators as they stand in fields for programs and cameras.
enum GeneratorNames {
  /// - Parameter text: The whole of a field; the name must stand at its beginning.
  static func tool(_ text: String) -> GenerationParameters.Tool? {
    table.first { text.lowercased().hasPrefix($0.name) }?.tool
  }

  private static let table: [(name: String, tool: GenerationParameters.Tool)] = [
    ("ideogram ai", .ideogram), ("luma ai", .luma), ("generated by luma", .luma), ("midjourney", .midjourney),
    ("dall-e", .dallE), ("dall·e", .dallE), ("adobe firefly", .firefly),
    ("image playground", .imagePlayground),
    ("leonardo.ai", .leonardo), ("leonardo ai", .leonardo), ("reve.art", .reve), ("reve ai", .reve),
    ("recraft", .recraft), ("krea.ai", .krea), ("krea ai", .krea), ("novelai", .novelAI),
    ("invokeai", .invokeAI),
    ("comfyui", .comfyUI), ("draw things", .drawThings),
  ]
}
