import Foundation
import ModelService

/// The request of the Open Inference Protocol: tensors in JSON, or behind it in binary.
struct InferenceRequest: Sendable {
  struct Input: Sendable {
    var name: String
    var datatype: String
    var shape: [Int]
    /// Of BYTES, an element each.
    var elements: [[UInt8]] = []
    /// Of FP32.
    var floats: [Float] = []
  }

  struct Output: Sendable {
    var name: String
    var isBinary: Bool
    /// How many of the best labels are wanted in place of numbers.
    var classCount: Int?
  }

  var id: String?
  var inputs: [Input]
  var outputs: [Output]
  /// Whether outputs that are not named are wanted in binary.
  var prefersBinary: Bool

  private struct JSONForm: Decodable {
    struct Parameters: Decodable {
      var binary_data_size: Int?
      var binary_data: Bool?
      var binary_data_output: Bool?
      var classification: Int?
    }

    struct Input: Decodable {
      var name: String
      var datatype: String
      var shape: [Int]
      var parameters: Parameters?
      var data: Values?
    }

    struct Output: Decodable {
      var name: String
      var parameters: Parameters?
    }

    var id: String?
    var inputs: [Input]
    var outputs: [Output]?
    var parameters: Parameters?
  }

  /// A list of numbers or texts, nested as the client likes.
  private enum Values: Decodable {
    case number(Float)
    case text(String)
    case list([Values])

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let list = try? container.decode([Values].self) {
        self = .list(list)
      } else if let number = try? container.decode(Float.self) {
        self = .number(number)
      } else {
        self = .text(try container.decode(String.self))
      }
    }

    func collect(_ floats: inout [Float], _ texts: inout [String]) {
      switch self {
      case .number(let number): floats.append(number)
      case .text(let text): texts.append(text)
      case .list(let list): for value in list { value.collect(&floats, &texts) }
      }
    }
  }

  /// - Parameter headerLength: What `Inference-Header-Content-Length` says.
  /// - Throws: `ServiceFailure.invalid`.
  init(_ body: [UInt8], headerLength: String?) throws(ServiceFailure) {
    var length = body.count
    if let headerLength {
      guard let number = Int(headerLength), (0...body.count).contains(number) else {
        throw .invalid("Inference-Header-Content-Length is not within the body")
      }
      length = number
    }
    let form: JSONForm
    do {
      form = try JSONDecoder().decode(JSONForm.self, from: Data(body[..<length]))
    } catch {
      throw .invalid("no inference request of version 2: \(error)")
    }
    id = form.id
    prefersBinary = form.parameters?.binary_data_output ?? false
    outputs = (form.outputs ?? []).map {
      Output(
        name: $0.name, isBinary: $0.parameters?.binary_data ?? form.parameters?.binary_data_output ?? false,
        classCount: $0.parameters?.classification)
    }
    var position = length
    var inputs: [Input] = []
    for input in form.inputs {
      var bytes: ArraySlice<UInt8>?
      if let size = input.parameters?.binary_data_size {
        guard size >= 0, size <= body.count - position else {
          throw .invalid("binary_data_size of \"\(input.name)\" is more than there is")
        }
        bytes = body[position..<position + size]
        position += size
      }
      inputs.append(try Self.input(input, bytes))
    }
    guard position == body.count else { throw .invalid("\(body.count - position) bytes belong to no input") }
    self.inputs = inputs
  }

  private static func input(
    _ form: JSONForm.Input, _ bytes: ArraySlice<UInt8>?
  ) throws(ServiceFailure) -> Input {
    var input = Input(name: form.name, datatype: form.datatype, shape: form.shape)
    var floats: [Float] = []
    var texts: [String] = []
    form.data?.collect(&floats, &texts)
    guard let count = elementCount(form.shape) else {
      throw .invalid("the shape of \"\(form.name)\" cannot be")
    }
    switch (form.datatype, bytes) {
    case ("BYTES", let bytes?): input.elements = try elements(bytes, form.name)
    case ("BYTES", nil): input.elements = texts.map { Array($0.utf8) }
    case ("FP32", let bytes?):
      guard bytes.count.isMultiple(of: 4) else {
        throw .invalid("\"\(form.name)\" is no whole number of floats")
      }
      input.floats = stride(from: bytes.startIndex, to: bytes.endIndex, by: 4).map {
        Float(bitPattern: word(bytes, $0))
      }
    case ("FP32", nil): input.floats = floats
    default: throw .invalid("\"\(form.name)\" is of \(form.datatype); BYTES and FP32 are taken")
    }
    let actual = form.datatype == "BYTES" ? input.elements.count : input.floats.count
    guard actual == count else {
      throw .invalid("\"\(form.name)\" has \(actual) elements, and its shape \(form.shape) wants \(count)")
    }
    return input
  }

  private static func elementCount(_ shape: [Int]) -> Int? {
    var count = 1
    for extent in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      guard extent >= 0, !overflow else { return nil }
      count = product
    }
    return count
  }

  private static func word(_ bytes: ArraySlice<UInt8>, _ position: Int) -> UInt32 {
    (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[position + $1]) << UInt32(8 * $1) }
  }

  /// Each element has its length before it, as 32 bits, little-endian.
  private static func elements(
    _ bytes: ArraySlice<UInt8>, _ name: String
  ) throws(ServiceFailure) -> [[UInt8]] {
    var elements: [[UInt8]] = []
    var position = bytes.startIndex
    while position < bytes.endIndex {
      guard bytes.endIndex - position >= 4 else { throw .invalid("\"\(name)\" ends within a length") }
      let length = Int(word(bytes, position))
      position += 4
      guard length <= bytes.endIndex - position else { throw .invalid("\"\(name)\" ends within an element") }
      elements.append(Array(bytes[position..<position + length]))
      position += length
    }
    return elements
  }
}

/// The response: JSON, with tensors in it or behind it.
struct InferenceResponse: Sendable {
  struct Output: Sendable {
    var name: String
    var shape: [Int]
    var values: Values
    var isBinary: Bool
  }

  enum Values: Sendable {
    case floats([Float])
    case texts([String])

    var datatype: String {
      if case .floats = self { "FP32" } else { "BYTES" }
    }

    var binary: Data {
      var data = Data()
      func append(_ word: UInt32) {
        withUnsafeBytes(of: word.littleEndian) { data.append(contentsOf: $0) }
      }
      switch self {
      case .floats(let floats): for float in floats { append(float.bitPattern) }
      case .texts(let texts):
        for text in texts {
          append(UInt32(text.utf8.count))
          data.append(contentsOf: text.utf8)
        }
      }
      return data
    }
  }

  var id: String?
  var model: String
  var outputs: [Output]

  private struct Form: Encodable {
    struct Output: Encodable {
      struct Parameters: Encodable { var binary_data_size: Int }

      var name: String
      var datatype: String
      var shape: [Int]
      var parameters: Parameters?
      var floats: [Float]?
      var texts: [String]?

      private enum CodingKeys: CodingKey { case name, datatype, shape, parameters, data }

      func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(name, forKey: .name)
        try fields.encode(datatype, forKey: .datatype)
        try fields.encode(shape, forKey: .shape)
        try fields.encodeIfPresent(parameters, forKey: .parameters)
        try fields.encodeIfPresent(floats, forKey: .data)
        try fields.encodeIfPresent(texts, forKey: .data)
      }
    }

    var id: String?
    var model_name: String
    var model_version = "1"
    var outputs: [Output]
  }

  /// - Returns: The body, and the length of the JSON where something follows it.
  func body() throws -> (data: Data, headerLength: Int?) {
    var binary = Data()
    var form = Form(id: id, model_name: model, outputs: [])
    for output in outputs {
      var field = Form.Output(name: output.name, datatype: output.values.datatype, shape: output.shape)
      if output.isBinary {
        let data = output.values.binary
        field.parameters = .init(binary_data_size: data.count)
        binary.append(data)
      } else {
        switch output.values {
        case .floats(let floats): field.floats = floats
        case .texts(let texts): field.texts = texts
        }
      }
      form.outputs.append(field)
    }
    let json = try StableJSON.data(form)
    return (json + binary, outputs.contains(where: \.isBinary) ? json.count : nil)
  }
}
