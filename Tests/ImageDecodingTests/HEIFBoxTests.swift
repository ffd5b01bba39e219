#if HEIC
  import ImageTestSupport
  import TestSupport
  import Testing

  @testable import ImageDecoding

  /// `Fixtures/heic-boxes/expected.json`: what Pillow and transformers make of HEIC files whose boxes are varied.
  @Suite("Every box of HEIC is read as pillow_heif reads it, or refused by name")
  struct HEIFBoxTests {
    private static let goldens = Result { try StructureGoldens.read("heic-boxes") }

    /// Taken by the reference, and what is said of them here.
    private static let refusedHere = [
      "420-8__matrix12-primaries2": "a colour matrix that is derived from the primaries 2",
      "420-8-alpha__alpha-is-primary": "a primary item that is auxiliary to another",
      "420-8-alpha__thumbnail-is-primary": "a primary item that is a thumbnail of another",
      "400-10__configuration-chroma1": "the stream of item 1 is not of the form that its configuration says",
      "grid-444__no-color__tile-matrix9": "a grid of which only some tiles say their colours",
    ]

    /// Refused by the reference; `Docs/Parity.md` says why they are taken here.
    private static let takenHere: Set<String> = [
      "420-8__item-hev1", "420-8__item-hidden", "420-8-alpha__alpha-cut",
    ]

    @Test func goldensAreThere() throws {
      let files = try Self.goldens.get()
      #expect(files.count > 130)
      #expect(files.values.count { $0.error != nil } > 40)
      for name in Array(Self.refusedHere.keys) + Self.takenHere {
        #expect(try #require(files["\(name).heic"], "\(name)").error == nil || Self.takenHere.contains(name))
      }
    }

    @Test(arguments: (try? goldens.get().keys.sorted()) ?? [])
    func file(name: String) throws {
      let golden = try #require(try Self.goldens.get()[name])
      let bytes = try Fixtures.bytes("heic-boxes/\(name)")
      let label = String(name.dropLast(5))
      do throws(ImageError) {
        let decoded = try ImageDecoder.decode(bytes)
        guard golden.error == nil else {
          #expect(Self.takenHere.contains(label), "the reference says \(golden.error ?? "")")
          return
        }
        #expect(Self.refusedHere[label] == nil)
        #expect(decoded.mode == golden.mode)
        #expect(decoded.image.width == golden.width)
        #expect(decoded.image.height == golden.height)
        #expect((try? decoded.image.sha256Hex) == golden.rgb)
      } catch {
        if let detail = Self.refusedHere[label] {
          #expect(error.description.hasSuffix(detail), "\(error)")
        } else {
          #expect(golden.error != nil, "\(error)")
        }
      }
    }

    @Test(
      "alpha has its own turns, apertures, sizes and tiles",
      arguments: (try? goldens.get().keys.sorted()) ?? [])
    func onWhite(name: String) throws {
      let golden = try #require(try Self.goldens.get()[name])
      guard golden.error == nil, Self.refusedHere[String(name.dropLast(5))] == nil else { return }
      let bytes = try Fixtures.bytes("heic-boxes/\(name)")
      if name == "420-8-alpha__alpha-10.heic" {
        #expect(
          throws: ImageError.unsupportedVariant(
            format: .heif, detail: "alpha of another depth than the image's")
        ) { try ImageDecoder.decode(bytes, alpha: .compositedOnWhite) }
        return
      }
      let decoded = try ImageDecoder.decode(bytes, alpha: .compositedOnWhite)
      #expect(try decoded.image.sha256Hex == golden.onWhite)
    }
  }
#endif
