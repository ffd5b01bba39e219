import AIGuardVision
import Checkpoint
import Foundation
import JSONText
import TestSupport
import Testing

@testable import Platform

/// Every error that a call can give says what kind of failure it is, what a server answers, and whose fault it is.
@Suite struct FailureTests {
  struct Case: Sendable {
    let error: any ClassificationFailure
    let kind: String
    let status: Int
  }

  /// By type and case, as the sources spell them.
  static let cases = calls.merging(hub) { $1 }.merging(files) { $1 }

  private static let hub: [String: [String: Case]] = {
    #if Hub
      func failure(_ error: HubError, _ kind: String, _ status: Int) -> Case { .init(error, kind, status) }
      return [
        "HubError": [
          "invalidRepositoryID": failure(.invalidRepositoryID(""), "invalid-repository-id", 400),
          "invalidRevision": failure(.invalidRevision(""), "invalid-revision", 400),
          "invalidFileName": failure(.invalidFileName(""), "invalid-file-name", 502),
          "invalidSetting": failure(.invalidSetting(name: "", value: ""), "invalid-setting", 500),
          "repositoryNotFound": failure(
            .repositoryNotFound(id: "", message: ""), "repository-not-found", 404),
          "revisionNotFound": failure(.revisionNotFound(id: "", revision: ""), "revision-not-found", 404),
          "fileNotFound": failure(.fileNotFound(id: "", revision: "", file: ""), "file-not-found", 404),
          "noWeights": failure(.noWeights(id: "", revision: ""), "no-weights", 404),
          "otherWeights": failure(
            .otherWeights(id: "", revision: "", files: []), "other-weights", 404),
          "gated": failure(.gated(id: "", message: ""), "gated", 403),
          "http": failure(.http(url: "", status: 500, message: ""), "http", 502),
          "network": failure(.network(url: "", message: ""), "network", 503),
          "hostNotFound": failure(.hostNotFound(url: "", message: ""), "host-not-found", 503),
          "refused": failure(.refused(url: "", message: ""), "refused", 502),
          "tooManyRedirects": failure(.tooManyRedirects(url: ""), "too-many-redirects", 502),
          "invalidResponse": failure(.invalidResponse(url: "", reason: ""), "invalid-response", 502),
          "sizeMismatch": failure(.sizeMismatch(file: "", expected: 1, found: 2), "size-mismatch", 502),
          "hashMismatch": failure(.hashMismatch(file: "", expected: "", found: ""), "hash-mismatch", 502),
          "notCached": failure(.notCached(id: "", revision: "", file: "", reason: ""), "not-cached", 503),
          // The cache is this machine's, and not what the caller named.
          "file": failure(.file(FileError(path: "", reason: .invalidPath)), "unreadable-file", 500),
          "noNetworking": failure(.noNetworking(""), "no-networking", 500),
          "outOfResources": failure(.outOfResources, "out-of-resources", 503),
        ]
      ]
    #else
      return [:]
    #endif
  }()

  private static let calls: [String: [String: Case]] = [
    "ImageError": [
      "empty": .init(ImageError.empty, "not-an-image", 400),
      "notAnImage": .init(ImageError.notAnImage, "not-an-image", 400),
      "unsupportedFormat": .init(ImageError.unsupportedFormat(.jpeg2000), "unsupported-format", 415),
      "notBuiltIn": .init(ImageError.notBuiltIn(.png), "not-built-in", 415),
      "unsupportedVariant": .init(
        ImageError.unsupportedVariant(format: .png, detail: ""), "unsupported-variant", 415),
      "truncated": .init(ImageError.truncated(format: .png, detail: ""), "truncated", 400),
      "corrupt": .init(ImageError.corrupt(format: .png, detail: ""), "corrupt", 400),
      "limitExceeded": .init(
        ImageError.limitExceeded(limit: "pixels", declared: 2, allowed: 1), "limit-exceeded", 413),
      "outOfMemory": .init(ImageError.outOfMemory(bytes: 1), "out-of-memory", 503),
    ],
    "ImageEncodingError": [
      "notBuiltIn": .init(ImageEncodingError.notBuiltIn(.png), "not-built-in", 415),
      "invalidSetting": .init(
        ImageEncodingError.invalidSetting(format: .jpeg, name: "", value: "", allowed: ""),
        "invalid-argument", 400),
      "sideTooLong": .init(
        ImageEncodingError.sideTooLong(format: .jpeg, width: 1, height: 1, most: 0), "limit-exceeded", 413),
      "limitExceeded": .init(
        ImageEncodingError.limitExceeded(limit: "pixels", declared: 2, allowed: 1), "limit-exceeded", 413),
      "codec": .init(ImageEncodingError.codec(format: .jpeg, detail: ""), "codec", 500),
      "outOfMemory": .init(ImageEncodingError.outOfMemory(bytes: 1), "out-of-memory", 503),
    ],
    "PreprocessingError": [
      "pixelCountMismatch": .init(
        PreprocessingError.pixelCountMismatch(width: 1, height: 1, bytes: 1), "corrupt", 400),
      "emptyOutput": .init(PreprocessingError.emptyOutput(width: 1, height: 9), "empty-output", 400),
      "partialPatch": .init(
        PreprocessingError.partialPatch(width: 1, height: 9, patch: 4), "partial-patch", 400),
      "tooLarge": .init(
        PreprocessingError.tooLarge(what: "", size: 2, allowed: 1), "limit-exceeded", 413),
      "differentOutputSizes": .init(
        PreprocessingError.differentOutputSizes(first: [], index: 1, other: []), "model", 500),
      "emptyBatch": .init(PreprocessingError.emptyBatch, "model", 500),
      "outputCountMismatch": .init(
        PreprocessingError.outputCountMismatch(expected: 1, given: 2), "model", 500),
      "invalidArgument": .init(
        PreprocessingError.invalidArgument(name: "", value: "", allowed: ""), "invalid-argument", 400),
      "unsupportedFilter": .init(
        PreprocessingError.unsupportedFilter(.box, profile: .torchvision), "model", 500),
      "outOfMemory": .init(PreprocessingError.outOfMemory(bytes: 1), "out-of-memory", 503),
    ],
    "ImageClassifierError": [
      "noLabels": .init(ImageClassifierError.noLabels(model: ""), "model", 500),
      "processorDoesNotFit": .init(
        ImageClassifierError.processorDoesNotFit(output: [3], expected: [1]), "model", 500),
      "nonFiniteLogits": .init(ImageClassifierError.nonFiniteLogits(model: ""), "model", 500),
      "nonFiniteFeatures": .init(ImageClassifierError.nonFiniteFeatures(model: ""), "model", 500),
      "invalidTopK": .init(ImageClassifierError.invalidTopK(-1), "invalid-argument", 400),
      "weightsChanged": .init(ImageClassifierError.weightsChanged(path: ""), "model", 500),
      "threadUnavailable": .init(ImageClassifierError.threadUnavailable, "busy", 503),
      "busy": .init(ImageClassifierError.busy(waiting: 1), "busy", 503),
      "invalidMaximumWaitingCalls": .init(
        ImageClassifierError.invalidMaximumWaitingCalls(-1), "invalid-argument", 500),
      "notAFileURL": .init(ImageClassifierError.notAFileURL(""), "invalid-argument", 400),
      "unknownLabels": .init(
        ImageClassifierError.unknownLabels(model: "", labels: [], unknown: []), "unknown-labels", 500),
      "labelsOfOneSide": .init(
        ImageClassifierError.labelsOfOneSide(model: "", labels: [], areGenerated: true), "labels-of-one-side",
        500),
      "labelsNotExclusive": .init(
        ImageClassifierError.labelsNotExclusive(model: "", labels: [], generated: []), "labels-not-exclusive",
        500),
      "labelsAreNumbers": .init(
        ImageClassifierError.labelsAreNumbers(model: "", labels: []), "labels-are-numbers", 500),
      "noSuchLabels": .init(
        ImageClassifierError.noSuchLabels(model: "", labels: [], named: []), "no-such-labels", 500),
      "modelTooLarge": .init(
        ImageClassifierError.modelTooLarge(model: "", byteCount: 2, allowed: 1), "model-too-large", 500),
    ],
    "ExplanationError": [
      "noRollout": .init(ExplanationError.noRollout(model: "", className: ""), "no-rollout", 500),
      "invalidArgument": .init(
        ExplanationError.invalidArgument(name: "", value: "", allowed: ""), "invalid-argument", 400),
    ],
    "ReceiptError": [
      "invalid": .init(ReceiptError.invalid(reason: ""), "invalid-receipt", 400),
      "unknownVersion": .init(ReceiptError.unknownVersion(2), "invalid-receipt", 400),
      "changed": .init(ReceiptError.changed(recorded: "", found: ""), "invalid-receipt", 400),
      "badSignature": .init(ReceiptError.badSignature, "signature", 400),
      "otherSigner": .init(ReceiptError.otherSigner(expected: "", found: ""), "signature", 400),
      "notSigned": .init(ReceiptError.notSigned, "signature", 400),
      "otherSetting": .init(
        ReceiptError.otherSetting(name: "", recorded: "", found: ""), "invalid-argument", 400),
    ],
    "SigningKeyError": [
      "noKey": .init(SigningKeyError.noKey(isPrivate: true), "signing-key", 400),
      "encrypted": .init(SigningKeyError.encrypted, "signing-key", 400),
      "otherAlgorithm": .init(SigningKeyError.otherAlgorithm(""), "signing-key", 400),
      "wrongLength": .init(SigningKeyError.wrongLength(what: "", expected: 1, found: 2), "signing-key", 400),
      "refused": .init(SigningKeyError.refused, "signing-key", 500),
    ],
    "CalibrationError": [
      "invalid": .init(CalibrationError.invalid(key: "", found: "", expected: ""), "calibration", 500),
      "otherWeights": .init(
        CalibrationError.otherWeights(file: "", fittedWith: "", found: ""), "calibration", 500),
    ],
    "LinearHeadError": [
      "unknownTensor": .init(LinearHeadError.unknownTensor(file: "", key: ""), "model", 500),
      "noWeight": .init(LinearHeadError.noWeight(file: ""), "model", 500),
      "wrongShape": .init(
        LinearHeadError.wrongShape(file: "", key: "", found: [], expected: ""), "model", 500),
      "notFloatingPoint": .init(
        LinearHeadError.notFloatingPoint(file: "", key: "", dtype: .int8), "model", 500),
      "notFinite": .init(LinearHeadError.notFinite(file: ""), "model", 500),
      "unknownMetadata": .init(LinearHeadError.unknownMetadata(file: "", key: ""), "model", 500),
      "invalidMetadata": .init(
        LinearHeadError.invalidMetadata(file: "", key: "", value: "", expected: ""), "model", 500),
      "noLabels": .init(LinearHeadError.noLabels(file: "", rows: 1), "model", 500),
      "labelCount": .init(
        LinearHeadError.labelCount(file: "", labels: 1, rows: 2, source: ""), "model", 500),
      "noFeature": .init(LinearHeadError.noFeature(file: "", feature: .cls, available: []), "model", 500),
      "besideClassifier": .init(LinearHeadError.besideClassifier(file: "", weights: ""), "model", 500),
      "notSaved": .init(LinearHeadError.notSaved(file: ""), "invalid-argument", 500),
    ],
    "FileError": [
      "system": .init(FileError(path: "", reason: .system(call: "open", code: EIO)), "unreadable-file", 500),
      "notARegularFile": .init(FileError(path: "", reason: .notARegularFile), "unreadable-file", 400),
      "invalidPath": .init(FileError(path: "", reason: .invalidPath), "unreadable-file", 400),
      "tooLarge": .init(
        FileError(path: "", reason: .tooLarge(byteCount: 2, limit: 1)), "unreadable-file", 413),
      "outOfMemory": .init(FileError(path: "", reason: .outOfMemory(byteCount: 2)), "unreadable-file", 503),
      "truncated": .init(
        FileError(path: "", reason: .truncated(offset: 0, expected: 1, found: 0)), "unreadable-file", 500),
    ],
    "ViTError": [
      "inputShape": .init(ViTError.inputShape(found: [], expected: []), "model", 500),
      "cannotInterpolate": .init(ViTError.cannotInterpolate(reason: ""), "model", 500),
      "partialPatch": .init(
        ViTError.partialPatch(image: .init(height: 3, width: 3), patch: .init(height: 2, width: 2)), "model",
        500),
      "windowDoesNotFit": .init(
        ViTError.windowDoesNotFit(window: 7, map: .init(height: 3, width: 3)), "model", 500),
      "tooLarge": .init(ViTError.tooLarge(purpose: "", floats: 2, limit: 1), "model", 500),
    ],
    "TensorError": [
      "invalidShape": .init(TensorError.invalidShape([]), "internal", 500),
      "elementCountMismatch": .init(
        TensorError.elementCountMismatch(shape: [], elements: 2), "internal", 500),
      "shapeMismatch": .init(
        TensorError.shapeMismatch(operation: "", left: [], right: []), "internal", 500),
      "outOfBounds": .init(TensorError.outOfBounds(operation: "", value: 1, shape: []), "internal", 500),
      "notViewable": .init(TensorError.notViewable(operation: "", shape: [], strides: []), "internal", 500),
      "outOfMemory": .init(TensorError.outOfMemory(bytes: 1), "out-of-memory", 503),
    ],
    "KernelLevelError": [
      "unknown": .init(KernelLevelError.unknown(""), "invalid-setting", 500),
      "unavailable": .init(KernelLevelError.unavailable(.avx512, best: .avx2), "invalid-setting", 500),
    ],
    "TrainableNetworkError": [
      "model": .init(TrainableNetworkError.model(className: ""), "model", 500),
      "noClassifier": .init(TrainableNetworkError.noClassifier(className: ""), "model", 500),
      "setting": .init(
        TrainableNetworkError.setting(file: "", key: "", found: "", reason: ""), "model", 500),
      "quantizedWeights": .init(TrainableNetworkError.quantizedWeights(path: ""), "model", 500),
      "adaptedWeights": .init(TrainableNetworkError.adaptedWeights(path: "", adapter: ""), "model", 500),
    ],
    "ViTConfigError": [
      "notPositive": .init(ViTConfigError.notPositive(key: "", value: 0), "model", 500),
      "tooLarge": .init(ViTConfigError.tooLarge(key: "", value: 2, limit: 1), "model", 500),
      "patchLargerThanImage": .init(
        ViTConfigError.patchLargerThanImage(
          patch: .init(height: 2, width: 2), image: .init(height: 1, width: 1)), "model", 500),
      "invalidEpsilon": .init(ViTConfigError.invalidEpsilon(-1), "model", 500),
      "unknownActivation": .init(ViTConfigError.unknownActivation(""), "model", 500),
      "unsupportedModelType": .init(ViTConfigError.unsupportedModelType(""), "model", 500),
      "invalidNumber": .init(ViTConfigError.invalidNumber(key: "", value: 0), "model", 500),
      "wrongCount": .init(ViTConfigError.wrongCount(key: "", count: 1, expected: 4), "model", 500),
      "headsDoNotDivide": .init(ViTConfigError.headsDoNotDivide(hiddenSize: 3, heads: 2), "model", 500),
    ],
  ]

  @Test(arguments: cases.keys.sorted())
  func kindsAndStatusesAreTheDocumentedOnes(_ type: String) throws {
    for (name, expected) in try #require(Self.cases[type]) {
      // As a caller has it who knows nothing of the type.
      let error: any Error = expected.error
      let failure = try #require(error as? any ClassificationFailure)
      #expect(failure.kind == expected.kind, "\(name)")
      #expect(failure.kind.wholeMatch(of: /[a-z0-9]+(-[a-z0-9]+)*/) != nil, "\(name)")
      #expect(failure.httpStatus == expected.status, "\(name)")
      #expect(failure.isOfInput == (expected.status < 500), "\(name)")
    }
  }

  @Test(arguments: [
    (ENOENT, 404), (ENOTDIR, 404), (EACCES, 403), (EPERM, 403), (EISDIR, 400), (ELOOP, 400),
    (ENAMETOOLONG, 400), (EMFILE, 503), (ENFILE, 503), (ENOMEM, 503), (EIO, 500),
  ])
  func theSystemsReasonsHaveStatuses(_ code: Int32, _ status: Int) {
    let error = FileError(path: "x", reason: .system(call: "open", code: code))
    #expect(error.httpStatus == status)
    #expect(error.kind == "unreadable-file")
  }

  /// The table has every public error type of the sources and every case of it.
  @Test func nothingIsLeftOut() throws {
    // Reported, and never thrown.
    let reported: Set<String> = ["PackedCacheProblem"]
    let sources = Fixtures.root.deletingLastPathComponent().appending(path: "Sources")
    var types: [String: Set<String>] = [:]
    let files = try #require(FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
    // What stands above the facade, whose errors its calls do not throw.
    let above = ["Datasets", "Evaluation", "ImageEvidence", "Service", "Training"].map {
      sources.appending(path: $0).path
    }
    for case let file as URL in files {
      if above.contains(file.path) { files.skipDescendants() }
      guard file.pathExtension == "swift" else { continue }
      let text = try String(contentsOf: file, encoding: .utf8)
      let declaration = /(?m)^public (?:struct|enum) (\w+): [^{]*\b(?:Error|ClassificationFailure)\b[^{]*\{/
      for match in text.matches(of: declaration) {
        let body = text[match.range.upperBound...]
        let end = body.firstRange(of: "\n}\n")?.lowerBound ?? body.endIndex
        // The cases of the enumeration, or of the one inside the structure that says what is wrong.
        let names = body[..<end].matches(of: /(?m)^ +case (\w+)(?:\(.*)?$/).map { String($0.1) }
        types[String(match.1)] = Set(names)
      }
    }
    for type in reported { types[type] = nil }
    #if !Hub
      types["HubError"] = nil
    #endif
    #expect(types.keys.sorted() == Self.cases.keys.sorted())
    for (type, names) in types where !names.isEmpty {
      #expect(names == Set(Self.cases[type, default: [:]].keys), "\(type)")
    }
  }
}

extension FailureTests.Case {
  init(_ error: any ClassificationFailure, _ kind: String, _ status: Int) {
    self.init(error: error, kind: kind, status: status)
  }
}
