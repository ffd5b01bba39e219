#if Evidence
  import AIGuardVision
  import ImageProcessor

  /// One image as a page for people: what the network says, where it looked, what the file says, and a receipt.
  ///
  /// The file needs nothing else and has no script; texts of the image's file stand in it as texts, whatever they are.
  public struct ImageReport {
    /// What the page calls the image.
    public let name: String
    /// Pixels and file, side by side.
    public let examination: Examination
    /// What the network says of parts and changed forms; `nil` where none were shown to it.
    public let views: ViewsResult?
    /// Where the result comes from.
    public let explanation: Explanation
    /// What was done, with hashes.
    public let receipt: ReceiptFile

    /// The image as it was classified.
    private var picture: RGBImage { explanation.picture }
    let calibration: Calibration?

    /// Does all that the page needs, on the caller's thread and those of the classifier's budget.
    ///
    /// - Parameters:
    ///   - name: What the page calls the image.
    ///   - imageBytes: The file.
    ///   - sidecar: The file `.c2pa` that stands beside it.
    ///   - classifier: The model.
    ///   - reader: Whom to trust, and what reading may cost.
    ///   - time: Of the receipt, and for which certificates are judged.
    ///   - omittingPrompts: Whether prompts are left out.
    ///   - key: Signs the receipt.
    /// - Throws: As `ImageClassifier.receiptAndWait`, `explainAndWait` and `ReceiptFile`.
    public init(
      _ name: String, imageBytes: [UInt8], sidecar: [UInt8]? = nil, classifier: ImageClassifier,
      reader: EvidenceReader = EvidenceReader(),
      time: UTCTime, omittingPrompts: Bool = false, signedWith key: Ed25519PrivateKey? = nil
    ) throws {
      self.name = name
      let (result, receipt) = try classifier.receiptAndWait(imageBytes: imageBytes, time: time.date)
      self.receipt = try ReceiptFile(receipt, signedWith: key)
      let evidence = reader.read(imageBytes: imageBytes, sidecar: sidecar, at: time)
      examination = Examination(
        classification: result, evidence: omittingPrompts ? evidence.withoutPrompts : evidence)
      // Views are compared by P(AI), which not every model has.
      views = result.generatedScore == nil ? nil : try classifier.classifyViewsAndWait(imageBytes: imageBytes)
      do {
        explanation = try classifier.explainAndWait(imageBytes: imageBytes)
      } catch is ExplanationError {
        // Networks without attention from end to end have the other map.
        explanation = try classifier.explainAndWait(imageBytes: imageBytes, by: .occlusion())
      }
      calibration = classifier.calibration
    }

    /// The page.
    ///
    /// - Throws: `DigestError`, and as `Explanation.image`.
    public var html: String {
      get throws {
        try Markup.page(
          "Report: \(name)",
          [
            .element("h1", name), summary, tiles, try figures, NetworkPart(self).markup,
            EvidencePart(examination.evidence).markup, try receiptPart, limits,
          ])
      }
    }

    private var summary: Markup {
      let isConflict = examination.agreement == .conflict
      return .element("p", ["class": isConflict ? "warn" : "soft"], examination.summary + ".")
    }

    private var tiles: Markup {
      let result = examination.classification
      var tiles: [(value: String, name: String)] = []
      tiles.append((result.verdict?.name ?? "none", "verdict of the model"))
      if let score = result.generatedScore { tiles.append((Double(score).fixed(4), "P(AI), the raw score")) }
      if let score = result.calibratedScore { tiles.append((score.fixed(4), "P(AI), calibrated")) }
      if let band = calibration?.unsure {
        tiles.append(
          ("\(band.lowerBound.fixed(3)) to \(band.upperBound.fixed(3))", "unsure between these, calibrated"))
      }
      if let views {
        tiles.append((views.isUnstable ? "unstable" : "stable", "over \(views.scores.count) views"))
      }
      tiles.append((examination.evidence.manifestStore?.validationState.rawValue ?? "none", "credential"))
      return .element(
        "div", ["class": "tiles"],
        tiles.map { tile in
          .element("div", ["class": "tile"], [.element("b", tile.value), .element("span", tile.name)])
        })
    }

    private var figures: Markup {
      get throws {
        // Of a thumbnail the map is larger than it, so that its cells can be told apart.
        let map = try explanation.image(longestSide: min(800, max(256, picture.width, picture.height)))
        return .element(
          "div", ["class": "figures"],
          [
            Self.figure(
              picture, "The image",
              "The image as it was classified, \(picture.width) x \(picture.height) pixels."),
            Self.figure(map, "The image in grey under a map in colours", mapCaption),
          ])
      }
    }

    private static func figure(_ image: RGBImage, _ words: String, _ caption: String) -> Markup {
      let content: Markup =
        Markup.dataURL(of: image, longestSide: 800).map { .element("img", ["src": $0, "alt": words], []) }
        ?? .element("p", "This build writes no images.")
      return .element("figure", ["class": "picture"], [content, .element("figcaption", caption)])
    }

    private var mapCaption: String {
      let what =
        switch explanation.method {
        case .rollout: "attention rollout: the share of each patch in the result"
        case .occlusion: "occlusion: what the result loses where a part is hidden"
        }
      return
        "Where the network's result comes from, by \(what). Dark is little, yellow is much. Such a map does not say that "
        + "something is wrong there, and no map proves a verdict."
    }

    private var receiptPart: Markup {
      get throws {
        let content = receipt.receipt
        return .group([
          .element("h2", "Receipt"),
          .element(
            "p", ["class": "soft"],
            "With these hashes anybody who has the file and the model can do it again: aiguard verify."),
          ReportParts.list([
            ("Made at", .text(content.time)),
            (
              "File",
              .group([.text("\(content.file.byteCount.grouped) bytes, SHA-256 "), mono(content.file.sha256)])
            ),
            (
              "Pixels",
              .group([
                .text("\(content.image.format), \(content.image.width) x \(content.image.height), SHA-256 "),
                mono(content.image.sha256),
              ])
            ),
            ("Pixel values", .group([.text("SHA-256 "), mono(content.pixelValues.sha256)])),
            ("Model", .group([.text("\(content.model.id), SHA-256 "), mono(content.model.sha256)])),
            (
              "Settings",
              .text(
                "\(content.settings.profile.rawValue), \(content.settings.policy.rawValue), "
                  + "\(content.settings.precision.rawValue), \(content.software.kernels.rawValue), version "
                  + content.software.version)
            ),
            ("Evidence", content.evidenceSHA256.map { .group([.text("SHA-256 "), mono($0)]) }),
            ("Receipt", .group([.text("SHA-256 "), mono(receipt.sha256)])),
            ("Signed by", receipt.signature.map { mono($0.publicKey.description) }),
          ]),
        ])
      }
    }

    private func mono(_ text: String) -> Markup { ReportParts.mono(text) }

    private var limits: Markup {
      .group([
        .element("h2", "What this page does not say"),
        .element(
          "p",
          "A score is the opinion of a model on images like those that it was taught on. What a file says can be written, "
            + "copied or removed by anybody, but for what a trusted credential signs; that a file says nothing is no evidence, "
            + "because platforms strip metadata. Pixels and file were judged apart, and neither moved the other."
        ),
      ])
    }
  }
#endif
