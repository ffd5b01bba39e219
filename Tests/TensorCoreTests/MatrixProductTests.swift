import TestSupport
import Testing

@testable import TensorCore

/// Products with packed weights at every level that this machine has, in every precision. What shapes do to the
/// kernels' memory and tails is tested in C (`Tests/CKernels`).
@Suite struct MatrixProductTests {
  struct Variant: CustomTestStringConvertible, Sendable {
    let level: KernelLevel
    let precision: Precision
    var testDescription: String { "\(level.rawValue), \(precision.rawValue)" }
  }

  static let variants = KernelLevel.allCases.filter { $0 <= .best }.flatMap { level in
    Precision.allCases.map { Variant(level: level, precision: $0) }
  }

  /// A layer and rows for it.
  private struct Problem {
    let rows: Int
    let features: Int
    let columns: Int
    var x: [Float]
    let weights: [Float]
    var bias: [Float]?

    init(rows: Int, features: Int, columns: Int, x: [Float], weights: [Float]) {
      (self.rows, self.features, self.columns) = (rows, features, columns)
      (self.x, self.weights) = (x, weights)
    }

    init(rows: Int, features: Int, columns: Int, seed: UInt64) {
      var random = SplitMix64(seed: seed)
      self.init(
        rows: rows, features: features, columns: columns, x: random.floats(rows * columns, in: -2...2),
        weights: random.floats(features * columns))
      bias = random.floats(features)
    }

    /// The same layer with some of the rows.
    func rows(_ range: Range<Int>) -> Problem {
      var part = Problem(
        rows: range.count, features: features, columns: columns,
        x: Array(x[range.lowerBound * columns..<range.upperBound * columns]), weights: weights)
      part.bias = bias
      return part
    }
  }

  /// How a problem is cut and in which order its tasks run.
  private struct Plan {
    var rowsPerImage: Int?
    var lanes = 1
    var order: @Sendable (Int) -> [Int] = { Array(0..<$0) }
    /// Only the first row of every `step`; the result is dense.
    var step = 1
    /// Whether the first row of each image is to be read exactly.
    var hasExactRows = true
    var epilogue = MatrixProduct.Epilogue.activation(.linear)
    /// What `out` holds before.
    var before: Float = .nan
  }

  private func multiply(_ problem: Problem, _ variant: Variant, _ plan: Plan = Plan()) throws -> [Float] {
    let kernels = try #require(Kernels(level: variant.level))
    let weights = try PackedMatrix(
      Tensor(problem.weights, shape: [problem.features, problem.columns]), precision: variant.precision,
      kernels: kernels)
    let rowsPerImage = plan.rowsPerImage ?? problem.rows
    let tokens = plan.step > 1 ? plan.step : rowsPerImage
    let scratchCount = MatrixProduct.scratchCount(rowsPerImage: rowsPerImage, kernels: kernels)
    var extent = RowQuantization.Extent()
    extent.include(
      rows: problem.rows, exactRows: plan.hasExactRows ? problem.rows / tokens : 0, columns: problem.columns)
    let workspace = try Workspace(
      capacity: Workspace.rounded(problem.x.count)
        + extent.floats + Workspace.rounded(scratchCount))
    let a = workspace.floats(problem.x.count)
    a.initialize(from: problem.x, count: problem.x.count)
    let quantization = RowQuantization(
      workspace.floats(extent.floats), extent, exactEvery: plan.hasExactRows ? tokens : nil)
    kernels.prepareRows(
      a, 0..<problem.rows, columns: problem.columns, precision: variant.precision, quantization: quantization)
    let scratch = workspace.floats(scratchCount)
    let count = problem.rows / plan.step
    return try Tensor(shape: [count, problem.features]) { out in
      out.initialize(repeating: plan.before)
      let base = try #require(out.baseAddress)
      problem.bias.withPointer { bias in
        let product = MatrixProduct(
          weights: weights, bias: bias, a, rows: .init(count: count, step: plan.step),
          rowsPerImage: plan.step > 1 ? 1 : rowsPerImage, quantization: quantization, into: base, outStep: 1,
          plan.epilogue, lanes: plan.lanes)
        for task in plan.order(product.tasks) { product.run(task, scratch: scratch) }
      }
    }.elements
  }

  private func bits(_ x: [Float]) -> [UInt32] { x.map { $0.isNaN ? .max : $0.bitPattern } }

  // MARK: Values

  static let shapes = [
    [1, 1, 1], [1, 40, 129], [2, 17, 3], [13, 48, 64], [50, 33, 257], [197, 100, 96],
  ]

  @Test(arguments: variants, shapes)
  func sumsAreNearThoseOfFloat64(_ variant: Variant, _ shape: [Int]) throws {
    let problem = Problem(rows: shape[0], features: shape[1], columns: shape[2], seed: 1)
    let result = try multiply(problem, variant)
    // int8's rounding is half a step of 255 of the row's range, and half a step of 127 of two weights.
    let step = variant.precision == .int8 ? 2 / 255.0 + 2 / 127.0 : 0
    var worst = 0.0
    for row in 0..<problem.rows {
      for feature in 0..<problem.features {
        var sum = 0.0
        var size = 0.0
        for k in 0..<problem.columns {
          let x = stored(problem.x[row * problem.columns + k], variant.precision)
          let w = stored(problem.weights[feature * problem.columns + k], variant.precision)
          sum += x * w
          size += (x * w).magnitude
        }
        sum += Double(problem.bias?[feature] ?? 0)
        let bound = 1e-6 * (size + 1) + step * 2 * Double(problem.columns)
        let error = (Double(result[row * problem.features + feature]) - sum).magnitude
        worst = max(worst, error / bound)
      }
    }
    #expect(worst <= 1)
  }

  /// What a precision keeps of an operand, but for int8.
  private func stored(_ x: Float, _ precision: Precision) -> Double {
    guard precision == .bfloat16 else { return Double(x) }
    let bits = x.bitPattern
    return Double(Float(bitPattern: (bits + 0x7fff + (bits >> 16 & 1)) & 0xffff_0000))
  }

  private func goldenProblem() throws -> Problem {
    let golden = try GoldenFile("kernels/matrix.safetensors")
    let (rows, weights) = (try golden.shape("rows"), try golden.shape("weights"))
    return Problem(
      rows: rows[0], features: weights[0], columns: rows[1], x: try golden.floats("rows"),
      weights: try golden.floats("weights"))
  }

  @Test(arguments: variants.filter { $0.precision == .bfloat16 })
  func bfloat16MatchesPyTorchsRounding(_ variant: Variant) throws {
    let golden = try GoldenFile("kernels/matrix.safetensors")
    let problem = try goldenProblem()
    let (x, weights) = (try golden.doubles("bfloat16.rows"), try golden.doubles("bfloat16.weights"))
    let result = try multiply(problem, variant)
    for (index, exact) in try golden.doubles("bfloat16.product").enumerated() {
      let (row, feature) = (index / problem.features, index % problem.features)
      let size = (0..<problem.columns).reduce(0.0) {
        $0 + (x[row * problem.columns + $1] * weights[feature * problem.columns + $1]).magnitude
      }
      #expect((Double(result[index]) - exact).magnitude <= 1e-6 * size + 1e-36, "row \(row), \(feature)")
    }
  }

  @Test(arguments: variants.filter { $0.precision == .int8 })
  func int8IsTheGoldenToTheBit(_ variant: Variant) throws {
    let golden = try GoldenFile("kernels/matrix.safetensors")
    let problem = try goldenProblem()
    let result = try multiply(problem, variant)
    // CPUs with VNNI have groups of their own.
    let name = "int8.\(variant.level >= .avx512vnni ? 256 : 64)"
    let expected = try golden.floats("\(name).product")
    // -0 and 0 are the same integer.
    #expect(zip(result, expected).allSatisfy { $0 == $1 })
    #expect(result.count == expected.count)

    let kernels = try #require(Kernels(level: variant.level))
    let weights = try PackedMatrix(
      Tensor(problem.weights, shape: [problem.features, problem.columns]), precision: .int8, kernels: kernels)
    let scales = try #require(weights.scales)
    let sums = try #require(weights.sums)
    let integers = try golden.floats("\(name).weights")
    for (feature, scale) in try golden.floats("\(name).scales").enumerated() {
      #expect(scales[feature] == scale)
      let row = integers[feature * problem.columns..<(feature + 1) * problem.columns]
      #expect(sums[feature] == Int32(row.reduce(0, +)))
    }
  }

  /// Rows that are not to be read exactly are read as any row between exact ones.
  @Test(arguments: variants.filter { $0.precision == .int8 })
  func noRowNeedBeExact(_ variant: Variant) throws {
    let problem = Problem(rows: 6, features: 40, columns: 65, seed: 4)
    var plan = Plan(rowsPerImage: 3)
    let exact = bits(try multiply(problem, variant, plan))
    plan.hasExactRows = false
    let none = bits(try multiply(problem, variant, plan))
    for row in 0..<problem.rows {
      let range = row * problem.features..<(row + 1) * problem.features
      #expect((none[range] == exact[range]) == (row % 3 != 0), "row \(row)")
    }
  }

  // MARK: What a result must not depend on

  @Test(arguments: variants)
  func tasksInAnyOrderAndForAnyLanesGiveTheSameBits(_ variant: Variant) throws {
    let problem = Problem(rows: 150, features: 400, columns: 65, seed: 2)
    for epilogue in [MatrixProduct.Epilogue.activation(.gelu), .add] {
      var plan = Plan(rowsPerImage: 50)
      plan.epilogue = epilogue
      plan.before = 0.5
      let expected = bits(try multiply(problem, variant, plan))
      for lanes in [1, 2, 3, 8, 64] {
        plan.lanes = lanes
        // BLAS chooses its own order of sums by the shape of a call.
        guard variant.level != .blas || variant.precision != .float32 || lanes > 1 else { continue }
        plan.order = { Array(0..<$0) }
        let forward = bits(try multiply(problem, variant, plan))
        if variant.level != .blas || variant.precision != .float32 { #expect(forward == expected) }
        plan.order = { (0..<$0).reversed() }
        let backward = bits(try multiply(problem, variant, plan))
        #expect(backward == forward, "\(lanes) lanes")
        plan.order = { count in
          var random = SplitMix64(seed: UInt64(count))
          return (0..<count).shuffled(using: &random)
        }
        let shuffled = bits(try multiply(problem, variant, plan))
        #expect(shuffled == forward, "\(lanes) lanes")
      }
    }
  }

  @Test(arguments: variants)
  func anImageHasTheSameBitsAloneAndInABatch(_ variant: Variant) throws {
    let tokens = 21
    let batch = Problem(rows: 5 * tokens, features: 50, columns: 31, seed: 3)
    var plan = Plan(rowsPerImage: tokens)
    let together = bits(try multiply(batch, variant, plan))
    plan.step = tokens
    let firstRows = bits(try multiply(batch, variant, plan))
    for image in 0..<5 {
      let alone = batch.rows(image * tokens..<(image + 1) * tokens)
      let whole = bits(try multiply(alone, variant))
      let values = tokens * batch.features
      #expect(whole.elementsEqual(together[image * values..<(image + 1) * values]), "image \(image)")
      var one = Plan()
      one.step = tokens
      let first = bits(try multiply(alone, variant, one))
      #expect(
        first.elementsEqual(firstRows[image * batch.features..<(image + 1) * batch.features]),
        "image \(image)")
    }
  }

  /// 31 columns: bfloat16's last pair has one element, whose neighbour in memory is the next row's first.
  @Test(arguments: variants)
  func aRowThatIsNotFiniteSpoilsNoOther(_ variant: Variant) throws {
    var problem = Problem(rows: 9, features: 20, columns: 31, seed: 4)
    let before = bits(try multiply(problem, variant))
    problem.x[4 * problem.columns] = .nan
    let after = try multiply(problem, variant)
    for row in 0..<problem.rows {
      let part = row * problem.features..<(row + 1) * problem.features
      if row == 4 {
        let values = after[part]
        #expect(values.allSatisfy { $0.isNaN })
      } else {
        #expect(bits(Array(after[part])).elementsEqual(before[part]), "row \(row)")
      }
    }
  }

  /// The fast levels sum in one order; AVX-512 BF16 has an instruction of its own.
  @Test func levelsAgree() throws {
    let problem = Problem(rows: 30, features: 70, columns: 200, seed: 5)
    for precision in [Precision.float32, .bfloat16] {
      let fast = Self.variants.filter {
        $0.precision == precision && $0.level > .blas && (precision == .float32 || $0.level < .avx512bf16)
      }
      let results = try fast.map { bits(try multiply(problem, $0)) }
      #expect(Set(results).count <= 1)
    }
  }
}

extension [Float]? {
  fileprivate func withPointer<R>(_ body: (UnsafePointer<Float>?) -> R) -> R {
    guard let self else { return body(nil) }
    return self.withUnsafeBufferPointer { body($0.baseAddress) }
  }
}
