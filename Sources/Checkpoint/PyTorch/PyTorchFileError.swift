import Platform
import TensorCore

/// What is wrong with a PyTorch file, or with a request for one of its tensors.
public struct PyTorchFileError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The path of the file, or a name for the memory it was read from.
  public let file: String
  /// What is wrong.
  public let problem: Problem

  /// The kinds of problems.
  public enum Problem: Error, Sendable, Equatable {
    /// The operating system could not read the file, or it was cut meanwhile.
    case unreadable(FileError)
    /// Something else is in the file's place.
    case standIn(FileStandIn)
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
    /// The file has no tensor of this name.
    case noSuchTensor(key: String)
    /// The rows asked for are outside the tensor, or it is a scalar.
    case rowsOutOfRange(key: String, rows: Range<Int>, shape: [Int])
    /// The tensor would take more memory than the limit for one tensor.
    case tensorTooLarge(key: String, shape: [Int], limit: Int)
    /// The system gave no memory for the tensor's elements.
    case outOfMemory(key: String, byteCount: Int)

    init(_ problem: Unpickler.Problem) {
      self =
        switch problem {
        case .cut: .cut
        case .forbiddenGlobal(let module, let name): .forbiddenGlobal(module: module, name: name)
        case .invalid(let offset, let reason): .invalidPickle(offset: offset, reason: reason)
        }
    }
  }

  /// Makes an error.
  public init(file: String, problem: Problem) {
    self.file = file
    self.problem = problem
  }

  /// The problem's name without its details, for machine-readable reports.
  public var kind: String {
    switch problem {
    case .unreadable: "unreadable"
    case .standIn(let standIn): standIn.kind
    case .notPyTorch: "notPyTorch"
    case .cut: "cut"
    case .invalidZip: "invalidZip"
    case .torchScript: "torchScript"
    case .bigEndian: "bigEndian"
    case .pickleTooLarge: "pickleTooLarge"
    case .invalidPickle: "invalidPickle"
    case .forbiddenGlobal: "forbiddenGlobal"
    case .notAStateDict: "notAStateDict"
    case .notATensor: "notATensor"
    case .missingStorage: "missingStorage"
    case .storageSize: "storageSize"
    case .tensorOutsideStorage: "tensorOutsideStorage"
    case .noSuchTensor: "noSuchTensor"
    case .rowsOutOfRange: "rowsOutOfRange"
    case .tensorTooLarge: "tensorTooLarge"
    case .outOfMemory: "outOfMemory"
    }
  }

  /// One line for a person: file, tensor, and what is wrong.
  public var description: String {
    if case .unreadable(let error) = problem { return error.description }
    return "\(file): \(problem.explanation)"
  }
}

extension PyTorchFileError.Problem {
  fileprivate var explanation: String {
    switch self {
    case .unreadable(let error): "\(error)"
    case .standIn(let standIn): "\(standIn)"
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
    case .noSuchTensor(let key): "no tensor \"\(key.printable)\""
    case .rowsOutOfRange(let key, let rows, let shape):
      "tensor \"\(key.printable)\": rows \(rows) are outside shape \("\(shape)".printable)"
    case .tensorTooLarge(let key, let shape, let limit):
      "tensor \"\(key.printable)\": shape \("\(shape)".printable) takes more than \(limit) bytes as float32"
    case .outOfMemory(let key, let byteCount):
      "tensor \"\(key.printable)\": no memory for \(byteCount) bytes"
    }
  }
}
