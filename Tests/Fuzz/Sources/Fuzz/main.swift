import CFuzzer
import Foundation

@testable import Checkpoint
@testable import Datasets
@testable import ImageDecoding
@testable import ImageProcessor
@testable import Platform
@testable import ViTModel

/// What one process fuzzes: a decoder, the parser of boxes, the reader of EXIF blocks and XMP packets, one of the
/// readers of a model's files, of a data set's, of evidence, or of what a worker is sent.
enum Target: String, CaseIterable {
  case jpeg, png, gif, webp, bmp, tiff, avif, heif, boxes, exif, safetensors, pytorch, config, zip, csv
  case evidence, store, cbor, cose, xmp, iptc, generator
  case frames

  /// From the environment variable `AIGUARD_FUZZ`.
  static let current: Target = {
    let name = ProcessInfo.processInfo.environment["AIGUARD_FUZZ"] ?? ""
    guard let target = Target(rawValue: name) else {
      fatalError("AIGUARD_FUZZ must be one of \(allCases.map(\.rawValue))")
    }
    return target
  }()

  /// The format of a decoder.
  var format: ImageFormat? {
    ImageFormat.allCases.first { $0.isSupported && $0.rawValue.lowercased() == rawValue }
  }
}

/// Small enough for thousands of runs a second, large enough for every path.
private let limits = DecodeLimits(
  encodedBytes: 1 << 20, pixels: 1 << 16, metadataBytes: 1 << 20, intermediateBytes: 1 << 25, scans: 20,
  frames: 50)

/// One input of the fuzzer; -1 keeps it out of the corpus.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = UnsafeRawBufferPointer(start: start, count: count)
  switch Target.current {
  case .boxes:
    if let metadata = try? HEIFMetadata(bytes, limits: limits) {
      for item in metadata.types.keys.prefix(100) {
        _ = try? HEIFGeometry(width: 100, height: 80, properties: metadata.properties(of: item))
        _ = HEVCConfiguration(metadata.property("hvcC", of: item))
        _ = try? HEIFColor(metadata, item: item)
        _ = try? HEIFGrid(metadata, item: item)
        _ = try? HEIFRelations(metadata, primary: item)
      }
    }
  case .exif:
    let half = count / 2
    _ = OrientationMetadata(exif: Array(bytes.prefix(half)), xmp: Array(bytes.dropFirst(half))).orientation
    _ = OrientationMetadata(exif: Array(bytes), xmp: nil).orientation
    _ = OrientationMetadata(exif: nil, xmp: Array(bytes)).orientation
    EvidenceFuzzing.run(.exif, bytes)
  case .safetensors:
    if let file = try? SafetensorsFile(
      bytes: Array(bytes), limits: SafetensorsLimits(maximumTensorByteCount: 1 << 24))
    {
      readAll(file)
    }
  case .pytorch:
    if let file = try? PyTorchFile(
      bytes: Array(bytes),
      limits: PyTorchFileLimits(maximumValueCount: 100_000, maximumTensorByteCount: 1 << 24))
    {
      readAll(file)
    }
  case .config:
    guard let value = try? JSONValue(parsing: bytes, options: .python) else { return 0 }
    // What is written reads back as what it was, but for members that were there twice.
    let text = value.pythonText
    let again = try? JSONValue(parsing: Array(text.utf8), options: .python)
    precondition(again?.pythonText == text, "JSON does not survive being written")
    _ = try? ImageProcessorConfig(processorConfig: nil, preprocessorConfig: value, modelConfig: value)
    if let config = try? PretrainedConfig(bytes: Array(bytes)) {
      // The network that it describes is judged, not built.
      _ = try? AutoConfig(config)
      _ = try? AutoConfig(backbone: config)
    }
    if let adapter = try? AdapterConfig(bytes: Array(bytes), file: "adapter_config.json") {
      _ = adapter.rank(of: "vit.layers.0.attention.q_proj")
      _ = adapter.scale(of: "vit.layers.0.attention.q_proj", rank: 4)
    }
  case .zip:
    let limits = DatasetLimits(entries: 1_000, directoryBytes: 1 << 20, imageBytes: 1 << 20)
    guard
      let archive = try? ArchiveContent(ArrayBytes(array: Array(bytes)), path: "", root: "", limits: limits)
    else { return 0 }
    for name in archive.names() {
      precondition(archive.contains(name) && DatasetName.problem(name) == nil, "a name that is not there")
      let content = try? archive.bytes(of: name, limit: limits.imageBytes, limitName: "imageBytes")
      precondition((content?.count ?? 0) <= limits.imageBytes, "more than is allowed")
    }
    let names = archive.names().filter(DatasetName.isImage)
    _ = try? FolderLayout(path: "", layout: .automatic).records(names)
    _ = try? FolderLayout(path: "", layout: .splits).records(names)
  case .csv:
    var reader = CSVReader(Array(bytes))
    var records: [[String]] = []
    while let record = try? reader.next() { records.append(record.fields) }
    // What was read is written with quotes and read again.
    let quote = UInt8(ascii: "\"")
    var text: [UInt8] = []
    for fields in records {
      for (index, field) in fields.enumerated() {
        if index > 0 { text.append(UInt8(ascii: ",")) }
        text += [quote] + field.utf8.flatMap { $0 == quote ? [quote, quote] : [$0] } + [quote]
      }
      text += Array("\r\n".utf8)
    }
    reader = CSVReader(text)
    for record in records {
      let again = try? reader.next()?.fields
      precondition(again?.map { Array($0.utf8) } == record.map { Array($0.utf8) }, "it reads back as another")
    }
  case .evidence, .store, .cbor, .cose, .xmp, .iptc, .generator: EvidenceFuzzing.run(Target.current, bytes)
  case .frames: FrameFuzzing.run(bytes)
  default:
    guard ImageFormat(signatureOf: bytes) == Target.current.format else { return -1 }
    if let decoded = try? ImageDecoder.decode(bytes, limits: limits) {
      // Every pixel is read, so that memory that was never written to shows.
      let sum = decoded.image.withUnsafeBytes { $0.reduce(0) { $0 &+ Int($1) } }
      precondition(sum >= 0 && decoded.image.width * decoded.image.height <= limits.pixels)
      _ = try? ImageDecoder.decode(bytes, limits: limits, alpha: .compositedOnWhite)
      // What decodes is resized while it is decoded too.
      var config = ImageProcessorConfig()
      config.size = .exact(height: 7, width: 5)
      if let processor = try? ViTImageProcessor(config: config) {
        for policy in InputPolicy.allCases {
          do {
            let streamed = try processor.preprocess(imageBytes: bytes, policy: policy, limits: limits)
            let whole = try processor.preprocess(decoded.image(for: policy), limits: limits)
            // What libde265 makes of some damaged streams depends on memory that it has not written to.
            let isSame = try streamed.elements == whole.elements
            precondition(
              Target.current == .heif || isSame, "resizing while decoding gives something else")
          } catch {
            preconditionFailure("decoded, but not preprocessed: \(error)")
          }
        }
      }
    }
  }
  return 0
}

/// An archive in memory.
private struct ArrayBytes: ZipSource, Sendable {
  let array: [UInt8]
  var byteCount: Int { array.count }
  func bytes(at range: Range<Int>) -> [UInt8] { Array(array[range]) }
}

/// Reads every tensor in every way.
private func readAll(_ file: some WeightsFile) {
  for name in file.names.prefix(50) {
    guard let whole = try? file.read(name) else { continue }
    precondition(whole.shape == file.shape(of: name), "another shape than described")
    guard let elements = try? whole.elements else { continue }
    let sum = elements.reduce(0) { $0 &+ Int($1.bitPattern) }
    precondition(sum >= 0)
    if let rows = whole.shape.first, rows > 0 {
      precondition((try? file.read(name, rows: 0..<1)) != nil, "the whole can be read and a row of it cannot")
    }
    var count = 0
    do { try file.forEachBlock(of: name, rows: nil) { count += $0.count } } catch {
      preconditionFailure("\(error)")
    }
    precondition(count == elements.count * (file.dtype(of: name)?.bitWidth ?? 0) / 8)
  }
}

var count = CommandLine.argc
var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
exit(LLVMFuzzerRunDriver(&count, &arguments, fuzz))
