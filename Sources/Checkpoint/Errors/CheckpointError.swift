import JSONText
import Platform
import TensorCore

/// What is wrong with a file of a model, with its folder, or with a request for one of its tensors.
public struct CheckpointError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The path of the file or of the folder, or a name for the memory it was read from.
  public let file: String
  /// What is wrong, with the keys, offsets and sizes that it is about.
  public let problem: Problem

  /// The kinds of problems.
  public enum Problem: Error, Sendable, Equatable {
    // MARK: Any file
    /// The operating system could not read it, or it was cut meanwhile.
    case unreadable(FileError)
    /// Something else is in its place.
    case standIn(FileStandIn)
    /// The text is not JSON.
    case invalidJSON(JSONError)

    // MARK: The folder
    /// There is no folder of that name.
    case notAFolder
    /// The folder has none of the files that hold weights.
    case noWeights
    /// The folder has weights in other forms or under other names only: these files.
    case otherWeights([String])
    /// Beside the weights `name` there is an adapter, which would change them.
    case adapterBesideWeights(name: String)
    /// This is no name of a file of weights in the folder.
    case invalidWeightsName(String)
    /// The folder has no file of this name.
    case noSuchWeights(name: String)

    // MARK: Adapters
    /// The folder has an `adapter_config.json`, and neither `adapter_model.safetensors` nor `adapter_model.bin`.
    case noAdapterWeights
    /// The adapter in the folder changes the model `model`, which is not at hand.
    case baseNeeded(model: String?, revision: String?)
    /// The base of the adapter in the folder has an adapter itself.
    case adapterOfAdapter
    /// A base was named, `base`, of an adapter that is not there.
    case noAdapter(base: String)
    /// These modules or tensors of an adapter are none of the model's.
    case unmatchedAdapterKeys([String])
    /// One of the two factors of an adapter is there without the other.
    case halfOfUpdate(key: String)
    /// A module that an adapter says it has saved whole is not among its tensors.
    case missingSavedModule(key: String)
    /// A tensor of an adapter does not fit the weight that it changes, or is of another rank than the configuration says.
    case adapterShape(key: String, found: [Int], weight: String, shape: [Int])

    // MARK: Configurations
    /// The text is JSON, but no object.
    case notAnObject(found: String)
    /// The value of `key` is not what it must be.
    case invalidValue(key: String, expected: String, found: String)
    /// `key` is needed and missing.
    case missingKey(key: String, expected: String)
    /// The value of `key` asks for something that is not done here, and that would change the results.
    case unsupported(key: String, found: String, reason: String)

    // MARK: The index of several files
    /// There is no `weight_map`, or nothing in it.
    case noWeightMap
    /// A tensor is said to be in something that is no name of a file beside the index.
    case invalidFileName(key: String, name: String)
    /// The tensors are spread over more files than are opened.
    case tooManyFiles(count: Int, limit: Int)
    /// A file does not have a tensor that the index says it has.
    case missingTensor(key: String, file: String)
    /// Two of the files have a tensor of the same name.
    case tensorInTwoFiles(key: String, files: [String])

    // MARK: Tensors of any file
    /// The file has no tensor of this name.
    case noSuchTensor(key: String)
    /// The element type cannot be read as `Float`.
    case unsupportedDType(key: String, dtype: DType)
    /// The rows asked for are outside the tensor, or it is a scalar.
    case rowsOutOfRange(key: String, rows: Range<Int>, shape: [Int])
    /// The tensor's extents are too large for memory, or above the limit for one tensor.
    case tensorTooLarge(key: String, shape: [Int], limit: Int)
    /// The system gave no memory for the tensor's elements.
    case outOfMemory(key: String, byteCount: Int)

    // MARK: Safetensors
    /// There are not even the eight bytes of the header's length.
    case fileTooShort(byteCount: Int)
    /// The header's declared length is above the limit.
    case headerTooLarge(byteCount: UInt64, limit: Int)
    /// The header's declared length is more than the file holds.
    case headerBeyondFile(byteCount: UInt64, fileByteCount: Int)
    /// The header is not JSON; offsets count from the header's first byte.
    case headerNotJSON(JSONError)
    /// The header is JSON, but no object.
    case headerNotAnObject(found: String)
    /// `__metadata__` occurs twice, or is neither null nor a map of strings.
    case invalidMetadata(reason: String)
    /// A tensor's name occurs twice; spellings that are canonically equivalent in Unicode count as one name.
    case duplicateTensor(key: String)
    /// A tensor's description lacks a field, has one twice, or has one of the wrong type.
    case invalidTensorInfo(key: String, field: String, reason: String)
    /// The element type has no such name (they are case-sensitive).
    case unknownDType(key: String, name: String)
    /// The tensor has more axes than the limit allows.
    case tooManyDimensions(key: String, count: Int, limit: Int)
    /// The number of elements or of bits does not fit in 64 bits.
    case sizeOverflow(key: String, shape: [UInt64])
    /// The packed elements do not fill whole bytes.
    case partialByte(key: String, bitCount: UInt64)
    /// The data do not begin where the tensor before ends: a hole, an overlap, or an end before the begin.
    case invalidOffsets(key: String, begin: UInt64, end: UInt64, expectedBegin: UInt64)
    /// The data are not as long as shape and element type say.
    case sizeMismatch(key: String, declared: UInt64, needed: UInt64)
    /// The file is longer or shorter than header and tensors together.
    case fileSizeMismatch(expected: UInt64, found: Int)

    // MARK: PyTorch
    /// The file is neither a ZIP archive nor a row of pickles.
    case notPyTorch
    /// The file ends before what it describes.
    case cut
    /// The archive is damaged, ambiguous or in a form that PyTorch does not write.
    case invalidZip(reason: String)
    /// The archive holds a program (`torch.jit.save`), not a state dict.
    case torchScript
    /// The file was written on a big-endian machine.
    case bigEndian
    /// The description of the tensors is longer than the limit.
    case pickleTooLarge(byteCount: Int, limit: Int)
    /// The description of the tensors cannot be followed; the offset counts from where it begins.
    case invalidPickle(offset: Int, reason: String)
    /// The file names something that is not allowed, for PyTorch to call or to make an object of.
    case forbiddenGlobal(module: String, name: String)
    /// The file holds something else than a dictionary of tensors.
    case notAStateDict(found: String)
    /// A value of the dictionary is no tensor.
    case notATensor(key: String, found: String)
    /// A storage is described, and not in the file.
    case missingStorage(key: String)
    /// A storage is as long (in bytes, in the form before ZIP in elements) as `found` and described as `declared`.
    case storageSize(key: String, declared: Int, found: Int)
    /// A tensor has elements outside its storage, or more than its storage.
    case tensorOutsideStorage(key: String, shape: [Int], strides: [Int], offset: Int, storageCount: Int)

    // MARK: Weights that were rounded to integers
    /// Beside integers the tensor is missing that they are multiplied by.
    case missingFactors(key: String, companion: String)
    /// The factors are neither one for each row nor one for all.
    case factorsOfOtherShape(companion: String, found: [Int], key: String, weight: [Int])
    /// The factors are of a type that the makers do not write.
    case factorsOfOtherDType(companion: String, dtype: DType)
    /// The integers are in an order that is not read.
    case kernelOrder(key: String)
  }

  /// Makes an error.
  public init(file: String, problem: Problem) {
    self.file = file
    self.problem = problem
  }

  /// The problem's name without its details, in lower case with hyphens, for machine-readable reports.
  public var kind: String { problem.kind }

  /// One line for a person: the file, the key or the tensor, what is wrong, and what would do where there is something.
  public var description: String {
    if case .unreadable(let error) = problem { return error.description }
    return "\(file): \(problem.explanation)"
  }
}

extension CheckpointError {
  /// Makes an error of a file of JSON.
  init(file: String, _ problem: JSONFile.Problem) {
    self.file = file
    self.problem =
      switch problem {
      case .unreadable(let error): .unreadable(error)
      case .standIn(let standIn): .standIn(standIn)
      case .invalidJSON(let error): .invalidJSON(error)
      }
  }
}
