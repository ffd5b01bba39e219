#if CLI
  import AIGuardVision

  #if canImport(FoundationEssentials)
    import FoundationEssentials
  #else
    import Foundation
  #endif

  /// One thing to classify, or the reason why an argument gives nothing to classify.
  enum Input {
    case file(String)
    case standardInput
    case failure(path: String, FailureReport)

    /// How it is called in the output.
    var name: String {
      switch self {
      case .file(let path), .failure(let path, _): path
      case .standardInput: "-"
      }
    }

    /// The inputs that the arguments stand for. A folder stands for its image files, in the order of
    /// their names; `-` for standard input.
    static func expand(_ arguments: [String], recursive: Bool) -> [Input] {
      arguments.flatMap { argument -> [Input] in
        if argument == "-" { return [.standardInput] }
        var isFolder = false
        guard FileManager.default.fileExists(atPath: argument, isDirectory: &isFolder), isFolder else {
          // A file that is not there is reported when it is read, with the system's reason.
          return [.file(argument)]
        }
        do {
          let files = try imageFiles(in: argument, recursive: recursive)
          if !files.isEmpty { return files.map(Input.file) }
          let hint = recursive ? "" : " (folders inside it are read with --recursive)"
          return [
            .failure(
              path: argument, FailureReport(kind: "empty-folder", message: "no image files in it\(hint)"))
          ]
        } catch {
          return [
            .failure(
              path: argument, FailureReport(kind: "unreadable-file", message: "cannot list it: \(error)"))
          ]
        }
      }
    }

    /// The endings by which files are taken from a folder. What a file is, its content decides; a file
    /// that is named as an argument is tried whatever it is called.
    private static let extensions: Set<String> = [
      "jpg", "jpeg", "jpe", "jfif", "mpo", "png", "apng", "gif", "webp", "bmp", "tif", "tiff", "heic",
      "heif", "hif", "avif", "jp2", "jxl",
    ]

    private static func imageFiles(in folder: String, recursive: Bool) throws -> [String] {
      let manager = FileManager.default
      let prefix = folder.hasSuffix("/") ? folder : folder + "/"
      return try manager.contentsOfDirectory(atPath: folder).sorted().flatMap { name -> [String] in
        guard !name.hasPrefix(".") else { return [] }
        let path = prefix + name
        let type = try manager.attributesOfItem(atPath: path)[.type] as? FileAttributeType
        // Links to folders are not followed: they can lead in circles.
        if type == .typeDirectory { return recursive ? try imageFiles(in: path, recursive: true) : [] }
        let ending = name.split(separator: ".", omittingEmptySubsequences: false).dropFirst().last
        return extensions.contains((ending ?? "").lowercased()) ? [path] : []
      }
    }
  }

  /// Why an input gave no result.
  struct FailureReport: Encodable {
    let kind: String
    let message: String

    init(kind: String, message: String) {
      self.kind = kind
      self.message = message
    }

    init(_ error: any Error) {
      message = "\(error)"
      kind =
        switch error {
        case let error as ImageError: error.kind
        case is FileError: "unreadable-file"
        case is ViTError, is PreprocessingError, is ImageClassifierError: "model"
        default: "internal"
        }
    }
  }
#endif
