import AIGuardVision
import Checkpoint
import JSONText

@testable import Platform

// Errors about files of a model and of the machine.
extension FailureTests {
  static let files: [String: [String: Case]] = {
    func problem(_ problem: CheckpointError.Problem, _ kind: String, _ status: Int) -> Case {
      .init(CheckpointError(file: "", problem: problem), kind, status)
    }
    func json(_ reason: JSONError.Reason) -> Case {
      .init(JSONError(byteOffset: 0, reason: reason), "invalid-json", 500)
    }
    func config(_ error: ImageProcessorConfigError) -> Case { .init(error, "model", 500) }
    func save(_ error: ModelSaveError, _ kind: String, _ status: Int) -> Case { .init(error, kind, status) }
    let report = LoadReport(
      file: "", naming: KeyNaming(detectingIn: []), missing: [], unexpected: [], mismatched: [],
      loadedCount: 0)
    return [
      "CheckpointError": [
        "unreadable": problem(.unreadable(FileError(path: "", reason: .invalidPath)), "unreadable", 500),
        "standIn": problem(.standIn(.htmlPage), "html-page", 500),
        "invalidJSON": problem(
          .invalidJSON(JSONError(byteOffset: 0, reason: .unexpectedEnd)), "invalid-json", 500),
        "notAFolder": problem(.notAFolder, "not-a-folder", 500),
        "noWeights": problem(.noWeights, "no-weights", 500),
        "otherWeights": problem(.otherWeights([]), "other-weights", 500),
        "adapterBesideWeights": problem(.adapterBesideWeights(name: ""), "adapter-beside-weights", 500),
        "invalidWeightsName": problem(.invalidWeightsName(""), "invalid-weights-name", 500),
        "noSuchWeights": problem(.noSuchWeights(name: ""), "no-such-weights", 500),
        "noAdapterWeights": problem(.noAdapterWeights, "no-adapter-weights", 500),
        "baseNeeded": problem(.baseNeeded(model: nil, revision: nil), "base-needed", 500),
        "adapterOfAdapter": problem(.adapterOfAdapter, "adapter-of-adapter", 500),
        "noAdapter": problem(.noAdapter(base: ""), "no-adapter", 500),
        "unmatchedAdapterKeys": problem(.unmatchedAdapterKeys([]), "unmatched-adapter-keys", 500),
        "halfOfUpdate": problem(.halfOfUpdate(key: ""), "half-of-update", 500),
        "missingSavedModule": problem(.missingSavedModule(key: ""), "missing-saved-module", 500),
        "adapterShape": problem(
          .adapterShape(key: "", found: [], weight: "", shape: []), "adapter-shape", 500),
        "notAnObject": problem(.notAnObject(found: ""), "not-an-object", 500),
        "invalidValue": problem(.invalidValue(key: "", expected: "", found: ""), "invalid-value", 500),
        "missingKey": problem(.missingKey(key: "", expected: ""), "missing-key", 500),
        "unsupported": problem(.unsupported(key: "", found: "", reason: ""), "unsupported", 500),
        "noWeightMap": problem(.noWeightMap, "no-weight-map", 500),
        "invalidFileName": problem(.invalidFileName(key: "", name: ""), "invalid-file-name", 500),
        "tooManyFiles": problem(.tooManyFiles(count: 1, limit: 1), "too-many-files", 500),
        "missingTensor": problem(.missingTensor(key: "", file: ""), "missing-tensor", 500),
        "tensorInTwoFiles": problem(.tensorInTwoFiles(key: "", files: []), "duplicate-tensor", 500),
        "noSuchTensor": problem(.noSuchTensor(key: ""), "no-such-tensor", 500),
        "unsupportedDType": problem(.unsupportedDType(key: "", dtype: .float32), "unsupported-dtype", 500),
        "rowsOutOfRange": problem(.rowsOutOfRange(key: "", rows: 0..<1, shape: []), "rows-out-of-range", 500),
        "tensorTooLarge": problem(.tensorTooLarge(key: "", shape: [], limit: 1), "tensor-too-large", 500),
        "outOfMemory": problem(.outOfMemory(key: "", byteCount: 1), "out-of-memory", 503),
        "fileTooShort": problem(.fileTooShort(byteCount: 1), "file-too-short", 500),
        "headerTooLarge": problem(.headerTooLarge(byteCount: 1, limit: 1), "header-too-large", 500),
        "headerBeyondFile": problem(
          .headerBeyondFile(byteCount: 1, fileByteCount: 1), "header-beyond-file", 500),
        "headerNotJSON": problem(
          .headerNotJSON(JSONError(byteOffset: 0, reason: .unexpectedEnd)), "invalid-json", 500),
        "headerNotAnObject": problem(.headerNotAnObject(found: ""), "header-not-an-object", 500),
        "invalidMetadata": problem(.invalidMetadata(reason: ""), "invalid-metadata", 500),
        "duplicateTensor": problem(.duplicateTensor(key: ""), "duplicate-tensor", 500),
        "invalidTensorInfo": problem(
          .invalidTensorInfo(key: "", field: "", reason: ""), "invalid-tensor-info", 500),
        "unknownDType": problem(.unknownDType(key: "", name: ""), "unknown-dtype", 500),
        "tooManyDimensions": problem(
          .tooManyDimensions(key: "", count: 1, limit: 1), "too-many-dimensions", 500),
        "sizeOverflow": problem(.sizeOverflow(key: "", shape: []), "size-overflow", 500),
        "partialByte": problem(.partialByte(key: "", bitCount: 1), "partial-byte", 500),
        "invalidOffsets": problem(
          .invalidOffsets(key: "", begin: 1, end: 1, expectedBegin: 1), "invalid-offsets", 500),
        "sizeMismatch": problem(.sizeMismatch(key: "", declared: 1, needed: 1), "size-mismatch", 500),
        "fileSizeMismatch": problem(.fileSizeMismatch(expected: 1, found: 1), "file-size-mismatch", 500),
        "notPyTorch": problem(.notPyTorch, "not-pytorch", 500),
        "cut": problem(.cut, "cut", 500),
        "invalidZip": problem(.invalidZip(reason: ""), "invalid-zip", 500),
        "torchScript": problem(.torchScript, "torch-script", 500),
        "bigEndian": problem(.bigEndian, "big-endian", 500),
        "pickleTooLarge": problem(.pickleTooLarge(byteCount: 1, limit: 1), "pickle-too-large", 500),
        "invalidPickle": problem(.invalidPickle(offset: 1, reason: ""), "invalid-pickle", 500),
        "forbiddenGlobal": problem(.forbiddenGlobal(module: "", name: ""), "forbidden-global", 500),
        "notAStateDict": problem(.notAStateDict(found: ""), "not-a-state-dict", 500),
        "notATensor": problem(.notATensor(key: "", found: ""), "not-a-tensor", 500),
        "missingStorage": problem(.missingStorage(key: ""), "missing-storage", 500),
        "storageSize": problem(.storageSize(key: "", declared: 1, found: 1), "storage-size", 500),
        "tensorOutsideStorage": problem(
          .tensorOutsideStorage(key: "", shape: [], strides: [], offset: 1, storageCount: 1),
          "tensor-outside-storage", 500),
        "missingFactors": problem(.missingFactors(key: "", companion: ""), "missing", 500),
        "factorsOfOtherShape": problem(
          .factorsOfOtherShape(companion: "", found: [], key: "", weight: []), "shape", 500),
        "factorsOfOtherDType": problem(
          .factorsOfOtherDType(companion: "", dtype: .float32), "element-type", 500),
        "kernelOrder": problem(.kernelOrder(key: ""), "format", 500),
      ],
      "JSONError": [
        "tooLong": json(.tooLong(limit: 1)),
        "tooDeep": json(.tooDeep(limit: 1)),
        "tooManyValues": json(.tooManyValues(limit: 1)),
        "unexpectedEnd": json(.unexpectedEnd),
        "unexpectedByte": json(.unexpectedByte(0, expected: "")),
        "trailingText": json(.trailingText),
        "byteOrderMark": json(.byteOrderMark),
        "invalidUTF8": json(.invalidUTF8),
        "controlCharacter": json(.controlCharacter(0)),
        "invalidEscape": json(.invalidEscape),
        "loneSurrogate": json(.loneSurrogate),
        "invalidNumber": json(.invalidNumber),
        "numberOutOfRange": json(.numberOutOfRange),
      ],
      "ImageProcessorConfigError": [
        "notAnObject": config(.notAnObject(found: "")),
        "wrongType": config(.wrongType(key: "", expected: "", found: "")),
        "missing": config(.missing(key: "", neededBy: "")),
        "channelCount": config(.channelCount(key: "", count: 1)),
        "unknownSizeKeys": config(.unknownSizeKeys(key: "", found: [])),
        "unsupported": config(.unsupported(key: "", value: "")),
        "noProcessorType": config(.noProcessorType),
        "unknownProcessorType": config(.unknownProcessorType("")),
      ],
      "ImageProcessorFileError": [
        "noFile": .init(ImageProcessorFileError(file: "", problem: .noFile(folder: "")), "no-file", 500),
        "invalid": .init(
          ImageProcessorFileError(file: "", problem: .invalid(.noProcessorType)), "invalid", 500),
      ],
      "LoadError": ["": .init(LoadError(report: report), "model", 500)],
      "ModelSaveError": [
        "unsupportedDType": save(.unsupportedDType(.bool), "invalid-argument", 400),
        "missingTensor": save(.missingTensor(key: ""), "model", 500),
        "partialBytes": save(.partialBytes(key: "", dtype: .bool), "model", 500),
        "invalidShardSize": save(.invalidShardSize(0), "invalid-argument", 400),
        "quantized": save(.quantized(key: ""), "invalid-argument", 400),
        "invalidFileName": save(.invalidFileName(""), "invalid-argument", 400),
        "adapterInFolder": save(.adapterInFolder(path: ""), "invalid-argument", 400),
        "outOfRange": save(.outOfRange(key: "", dtype: .float16), "invalid-argument", 400),
      ],
      "DigestError": ["": .init(DigestError(), "internal", 500)],
    ]
  }()
}
