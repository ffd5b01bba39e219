import Platform

extension CheckpointError.Problem {
  /// What is wrong, without the file.
  var explanation: String {
    let weights = ModelFolder.weightFileNames.joined(separator: ", ")
    return switch self {
    case .unreadable(let error): "\(error)"
    case .standIn(let standIn): "\(standIn)"
    case .invalidJSON(let error): "\(error)"

    case .notAFolder: "not a folder"
    case .noWeights: "no weights: there is none of \(weights)"
    case .otherWeights(let names):
      "there is none of \(weights), but \(Self.shown(names)): \(Self.advice(names))"
    case .adapterBesideWeights(let name):
      "beside \(name) there is adapter_config.json: transformers would apply the adapter, which is not "
        + "done where weights are read without their network. ImageClassifier(folder:) and the commands apply it; to leave "
        + "it out, name the weights (weightsFile, --weights)"
    case .invalidWeightsName(let name):
      "\"\(name.printable)\" is no name of weights in that folder: a file name without a path, which "
        + "ends in .safetensors, .bin, .pt, .pth, .ckpt or .index.json"
    case .noSuchWeights(let name): "there is no file \(name.printable) in it"

    case .noAdapterWeights:
      "there is adapter_config.json, and none of \(Adapter.weightFileNames.joined(separator: ", "))"
    case .baseNeeded(let model, let revision):
      Self.baseNeeded(model, revision)
    case .adapterOfAdapter:
      "this base of an adapter has an adapter itself (adapter_config.json): write the merged model first (aiguard convert)"
    case .noAdapter(let base):
      "\(base.printable) was named as the base of an adapter, and the folder has none to apply (adapter_config.json)"
    case .unmatchedAdapterKeys(let names):
      "the model has no \(Self.shown(names)), which the adapter would change: is it the adapter's base?"
    case .halfOfUpdate(let key): "tensor \"\(key.printable)\" is one of two factors, and the other is missing"
    case .missingSavedModule(let key):
      "modules_to_save says that the adapter has \"\(key.printable)\", and it does not"
    case .adapterShape(let key, let found, let weight, let shape):
      "tensor \"\(key.printable)\" of shape \("\(found)".printable) does not fit \"\(weight.printable)\" "
        + "(\("\(shape)".printable)) at the rank that the configuration says"

    case .notAnObject(let found): "a configuration is a JSON object, this is \(found)"
    case .invalidValue(let key, let expected, let found): "\(key) must be \(expected), it is \(found)"
    case .missingKey(let key, let expected): "\(key) is missing; it must be \(expected)"
    case .unsupported(let key, let found, let reason):
      "\(key.printable): \(found) is not supported: \(reason)"

    case .noWeightMap: "weight_map, which says which file has which tensor, is missing or empty"
    case .invalidFileName(let key, let name):
      "tensor \"\(key.printable)\" is said to be in \(name), which is no file beside the index"
    case .tooManyFiles(let count, let limit): "\(count) files are more than the \(limit) that are opened"
    case .missingTensor(let key, let name): "\(name.printable) does not have tensor \"\(key.printable)\""
    case .tensorInTwoFiles(let key, let files):
      "tensor \"\(key.printable)\" is in \(files.map(\.printable).joined(separator: " and in "))"

    case .noSuchTensor(let key): "no tensor \"\(key.printable)\""
    case .unsupportedDType(let key, let dtype):
      "tensor \"\(key.printable)\": elements of type \(dtype.safetensorsName) cannot be read as float32"
    case .rowsOutOfRange(let key, let rows, let shape):
      "tensor \"\(key.printable)\": rows \(rows) are outside shape \("\(shape)".printable)"
    case .tensorTooLarge(let key, let shape, let limit):
      "tensor \"\(key.printable)\": shape \("\(shape)".printable) takes more than \(limit) bytes as float32"
    case .outOfMemory(let key, let byteCount):
      "tensor \"\(key.printable)\": no memory for \(byteCount) bytes"

    case .fileTooShort(let byteCount):
      "\(byteCount) bytes are no safetensors file, which begins with an 8-byte length"
    case .headerTooLarge(let byteCount, let limit):
      "a header of \(byteCount) bytes is above the limit of \(limit)"
    case .headerBeyondFile(let byteCount, let fileByteCount):
      "a header of \(byteCount) bytes does not fit in a file of \(fileByteCount): cut, or not safetensors"
    case .headerNotJSON(let error): "header: \(error)"
    case .headerNotAnObject(let found): "the header is \(found), not an object"
    case .invalidMetadata(let reason): "__metadata__: \(reason)"
    case .duplicateTensor(let key): "tensor \"\(key.printable)\" is described twice"
    case .invalidTensorInfo(let key, let field, let reason):
      "tensor \"\(key.printable)\": \(field): \(reason)"
    case .unknownDType(let key, let name):
      "tensor \"\(key.printable)\": unknown element type \"\(name.printable)\""
    case .tooManyDimensions(let key, let count, let limit):
      "tensor \"\(key.printable)\": \(count) axes are above the limit of \(limit)"
    case .sizeOverflow(let key, let shape):
      "tensor \"\(key.printable)\": the size of shape \("\(shape)".printable) overflows 64 bits"
    case .partialByte(let key, let bitCount):
      "tensor \"\(key.printable)\": \(bitCount) bits do not fill whole bytes"
    case .invalidOffsets(let key, let begin, let end, let expectedBegin):
      "tensor \"\(key.printable)\": data_offsets [\(begin), \(end)] where a begin of \(expectedBegin) is expected"
    case .sizeMismatch(let key, let declared, let needed):
      "tensor \"\(key.printable)\": data_offsets span \(declared) bytes, shape and type need \(needed)"
    case .fileSizeMismatch(let expected, let found):
      "header and tensors make \(expected) bytes, the file has \(found)"

    case .notPyTorch: "neither an archive nor a pickle: not a file that torch.save writes"
    case .cut: "the file ends before what it describes: cut"
    case .invalidZip(let reason): "not a usable archive: \(reason)"
    case .torchScript: "a TorchScript program; only the tensors of a state dict are read"
    case .bigEndian: "written on a big-endian machine"
    case .pickleTooLarge(let byteCount, let limit):
      "a description of \(byteCount) bytes is above the limit of \(limit)"
    case .invalidPickle(let offset, let reason): "the pickle at offset \(offset): \(reason)"
    case .forbiddenGlobal(let module, let name):
      "names \(module.printable).\(name.printable), which nothing here executes; if you trust the file, load it in "
        + "Python and save it as safetensors"
    case .notAStateDict(let found): "holds \(found); only a dictionary from names to tensors is read"
    case .notATensor(let key, let found): "\"\(key.printable)\" is \(found), not a tensor"
    case .missingStorage(let key): "storage \"\(key.printable)\" is described on one side only"
    case .storageSize(let key, let declared, let found):
      "storage \"\(key.printable)\" has a length of \(found) where \(declared) is described"
    case .tensorOutsideStorage(let key, let shape, let strides, let offset, let storageCount):
      "tensor \"\(key.printable)\": shape \("\(shape)".printable) with strides \("\(strides)".printable) from "
        + "\(offset) does not fit a storage of \(storageCount) elements"

    case .missingFactors(let key, let companion):
      "\"\(key.printable)\" holds 8-bit integers, and \"\(companion.printable)\", by which they are multiplied, "
        + "is missing"
    case .factorsOfOtherShape(let companion, let found, let key, let weight):
      "\"\(companion.printable)\" of shape \(found) has neither one factor for each row of "
        + "\"\(key.printable)\" (\(weight)) nor one for all: other groupings are not read"
    case .factorsOfOtherDType(let companion, let dtype):
      "\"\(companion.printable)\" is of type \(dtype.safetensorsName), which its makers do not write"
    case .kernelOrder(let key):
      "\"\(key.printable)\" is not 0: weights in the order of a kernel of bitsandbytes are not read"
    }
  }

  private static func baseNeeded(_ model: String?, _ revision: String?) -> String {
    let advice = "name the folder that has it (baseFolder, --base)"
    guard let model else {
      return "the folder has an adapter, and base_model_name_or_path does not say of which model: \(advice)"
    }
    return "the folder has an adapter of the model \"\(model.printable)\""
      + (revision.map { " at \"\($0.printable)\"" } ?? "")
      + ", and that is no folder here: load it with fromPretrained or on the command line, which download the base, or "
      + advice
  }

  /// The first of many files.
  private static func shown(_ names: [String]) -> String {
    names.prefix(10).map(\.printable).joined(separator: ", ") + (names.count > 10 ? ", ..." : "")
  }

  /// What to do with weights in these files, each advice once.
  private static func advice(_ names: [String]) -> String {
    var advice: [String] = []
    for form in names.compactMap(OtherWeights.init) where !advice.contains(form.advice) {
      advice.append(form.advice)
    }
    return advice.joined(separator: "; ")
  }
}
