/// One fact of a report as people are shown it. Its value is as the file has it: whoever shows it escapes it.
package struct EvidenceFact: Sendable {
  /// What it is, in lower case where it is a word.
  package let name: String
  package let value: String
  /// Whether the value is letters and digits for a machine.
  package let isCode: Bool

  init?(_ name: String, _ value: (some Any)?, isCode: Bool = false) {
    guard let value else { return nil }
    (self.name, self.value, self.isCode) = (name, "\(value)", isCode)
  }
}

extension EvidenceReport {
  /// What the manifest store is and who signed it; nothing without one.
  package var credentialFacts: [EvidenceFact] {
    guard let store = manifestStore else { return [] }
    let (manifest, signature) = (store.activeManifest, store.activeManifest?.claimSignature)
    let stamp = signature?.timeStamp.map { stamp in
      "\(stamp.time)" + (stamp.authority.map { " by \($0)" } ?? "") + (stamp.isTrusted ? "" : ", not trusted")
    }
    return [
      EvidenceFact("credential", "\(store.validationState.rawValue): \(store.validationState.explanation)"),
      EvidenceFact("judged for", validationTime),
      EvidenceFact("signer", signature?.signer?.words),
      EvidenceFact("issuer", signature?.certificateIssuer?.words),
      EvidenceFact("algorithm", signature?.algorithm),
      EvidenceFact("time-stamp", stamp),
      EvidenceFact("made with", manifest?.claim?.generatorName),
      EvidenceFact("title", manifest?.claim?.title),
      EvidenceFact("manifests", store.manifests.count),
    ].compactMap(\.self)
  }

  /// What a generator wrote; nothing where none did.
  package var generationFacts: [EvidenceFact] {
    guard let found = generation else { return [] }
    let size = found.width.flatMap { width in found.height.map { "\(width) x \($0)" } }
    return [
      EvidenceFact("generator", [found.tool.rawValue, found.toolVersion].joinedWords),
      EvidenceFact("found in", found.place),
      EvidenceFact("model", found.modelName),
      EvidenceFact("hash of the model", found.modelHash, isCode: true),
      EvidenceFact("sampler", found.sampler),
      EvidenceFact("scheduler", found.scheduler),
      EvidenceFact("steps", found.steps),
      EvidenceFact("guidance", found.guidanceScale),
      EvidenceFact("seed", found.seed),
      EvidenceFact("size", size),
      EvidenceFact("prompt", found.prompt?.shortened),
      EvidenceFact("not wanted", found.negativePrompt?.shortened),
    ].compactMap(\.self)
  }

  /// What EXIF says of a camera; nothing where it names none.
  package var cameraFacts: [EvidenceFact] {
    guard camera.grade > 0 else { return [] }
    return [
      EvidenceFact("camera", [camera.make, camera.model].joinedWords),
      EvidenceFact("grade", "\(camera.grade) of 4 for consistency, which proves nothing"),
      EvidenceFact("lens", camera.lensModel),
      EvidenceFact("exposure", camera.exposureTime.map { "\($0) s" }),
      EvidenceFact("aperture", camera.fNumber.map { "f/\($0)" }),
      EvidenceFact("ISO", camera.isoSpeed),
      EvidenceFact("taken", camera.dateTimeOriginal),
      EvidenceFact("software", camera.software),
    ].compactMap(\.self)
  }
}

extension CertificateName {
  /// Who it is, for people; nil where it does not say.
  fileprivate var words: String? {
    let parts = [organization, commonName].compactMap(\.self)
    return parts.isEmpty ? nil : parts.joined(separator: ", ")
  }
}

extension [String?] {
  fileprivate var joinedWords: String { compactMap(\.self).joined(separator: " ") }
}

extension String {
  /// As much as a person reads of a prompt.
  fileprivate var shortened: String { count > 2_000 ? prefix(2_000) + "..." : self }
}
