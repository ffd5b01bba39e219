import Checkpoint
import JSONText

extension ViTImageProcessor {
  /// Reads the image processor of a model folder: `preprocessor_config.json`, or the object `image_processor` in
  /// `processor_config.json`.
  ///
  /// - Parameters:
  ///   - folder: The folder.
  ///   - modelConfig: The content of its `config.json`, which says what processor is meant where the others do not.
  ///   - profile: Whose arithmetic it is done with.
  /// - Throws: `ImageProcessorFileError`, which names the file; `CheckpointError` for one that is no JSON, `FileError`.
  public init(
    contentsOfFolder folder: String, modelConfig: JSONValue?, profile: PreprocessingProfile = .pillow13
  ) throws {
    let files = ModelFolder(folder)
    let nested = try Self.json(files.processorConfigPath)
    let own = try Self.json(files.preprocessorConfigPath)
    let isNested = nested?.objectValue?["image_processor"]?.objectValue != nil
    let file = isNested ? files.processorConfigPath : files.preprocessorConfigPath
    guard own != nil || isNested else {
      throw ImageProcessorFileError(file: file, problem: .noFile(folder: folder))
    }
    do throws(ImageProcessorConfigError) {
      self = try ViTImageProcessor(
        config: ImageProcessorConfig(
          processorConfig: nested, preprocessorConfig: own, modelConfig: modelConfig), profile: profile)
    } catch {
      throw ImageProcessorFileError(file: file, problem: .invalid(error))
    }
  }

  /// The value in a JSON file, `nil` where there is no such file.
  private static func json(_ path: String) throws -> JSONValue? {
    do throws(CheckpointError) {
      return try PretrainedConfig.json(contentsOf: path)
    } catch {
      if case .unreadable(let error) = error.problem {
        if error.isNotFound { return nil }
        throw error
      }
      throw error
    }
  }
}

/// What is wrong with the files that say how images become pixel values.
public struct ImageProcessorFileError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The file.
  public let file: String
  /// What is wrong.
  public let problem: Problem

  /// The kinds of problems.
  public enum Problem: Sendable, Equatable {
    /// The folder has no such file.
    case noFile(folder: String)
    /// The configuration cannot be used.
    case invalid(ImageProcessorConfigError)
  }

  /// Makes an error.
  public init(file: String, problem: Problem) {
    self.file = file
    self.problem = problem
  }

  /// The problem's name without its details, in lower case with hyphens, for machine-readable reports.
  public var kind: String {
    switch problem {
    case .noFile: "no-file"
    case .invalid: "invalid"
    }
  }

  /// One line for a person: the file, what is wrong, and what to do where there is something.
  public var description: String {
    switch problem {
    case .noFile(let folder):
      "\(folder): there is no preprocessor_config.json, which says how images become pixel values: copy the one of the "
        + "model that this one was made from, or save the image processor into the folder in Python"
    case .invalid(let error): "\(file): \(error)"
    }
  }
}
