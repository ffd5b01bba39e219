#if CLI && Evidence
  import AIGuardVision
  import ArgumentParser
  import Platform

  #if canImport(FoundationEssentials)
    import FoundationEssentials
  #else
    import Foundation
  #endif

  /// Whom to trust, and for which time.
  struct EvidenceOptions: ParsableArguments {
    @Option(
      name: .customLong("trust-anchors"),
      help: ArgumentHelp(
        "Certificates that vouch for signers; without them nobody is trusted.", valueName: "pem"))
    var trustAnchors: String?

    @Option(
      name: .customLong("tsa-anchors"),
      help: ArgumentHelp("Certificates that vouch for time-stamp authorities.", valueName: "pem"))
    var timeStampAnchors: String?

    @Option(
      name: .customLong("at"),
      help: ArgumentHelp(
        "For when certificates are judged, as 2026-11-26T00:00:00Z; by default now.", valueName: "time"))
    var time: UTCTime?

    @Flag(
      name: .customLong("omit-prompts"), help: "Leave out what a user wrote: prompts, and texts with them.")
    var omitsPrompts = false

    @Flag(
      name: .customLong("hidden-texts"),
      help: "Decode PNG and WebP files, and read texts that tools hide in the lowest bits of pixels.")
    var readsHiddenTexts = false

    /// The time to judge for.
    var instant: UTCTime { time ?? UTCTime(Date()) }

    /// The most bytes of a file of certificates.
    private static let maximumByteCount = 16_000_000

    /// A reader with these anchors. Ends the process where a file of them cannot be read.
    func reader() throws -> EvidenceReader {
      EvidenceReader(
        trust: TrustConfiguration(
          anchors: try certificates(trustAnchors), timeStampAnchors: try certificates(timeStampAnchors)),
        readsHiddenTexts: readsHiddenTexts)
    }

    /// What the bytes of a file say of it.
    func report(_ imageBytes: [UInt8], by reader: EvidenceReader) -> EvidenceReport {
      let report = reader.read(imageBytes: imageBytes, at: instant)
      return omitsPrompts ? report.withoutPrompts : report
    }

    /// What a file says of itself, with the manifest store in a file of its name and extension `.c2pa` where it holds none.
    func report(_ imageBytes: [UInt8], of input: Input, by reader: EvidenceReader) throws -> EvidenceReport {
      let report = reader.read(
        imageBytes: imageBytes, sidecar: try input.sidecar(limit: reader.limits.storeBytes), at: instant)
      return omitsPrompts ? report.withoutPrompts : report
    }

    private func certificates(_ path: String?) throws -> [[UInt8]] {
      guard let path else { return [] }
      do {
        return try TrustConfiguration.certificates(
          pem: FileContents.read(path, limit: Self.maximumByteCount))
      } catch {
        Output.write("aiguard: \(path.escaped): \(error)\n", to: .standardError)
        throw Exit.someInputsFailed
      }
    }
  }

  extension UTCTime: ExpressibleByArgument {
    /// A time of RFC 3339.
    public init?(argument: String) { self.init(argument) }
  }
#endif
