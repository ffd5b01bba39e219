import TestSupport
import Testing

@testable import TensorCore

/// The C kernels of every level that this machine has, against values computed in high precision
/// (`Fixtures/kernels`).
@Suite struct KernelTests {
  static let levels = KernelLevel.allCases.filter { $0 <= .best }

  private func kernels(_ level: KernelLevel) throws -> Kernels { try #require(Kernels(level: level)) }

  private func apply(
    _ x: [Float], _ body: (UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int) -> Void
  ) throws -> [Float] {
    try Tensor(shape: [x.count]) { out in
      x.withUnsafeBufferPointer { x in
        if let source = x.baseAddress, let base = out.baseAddress { body(source, base, x.count) }
      }
    }.elements
  }

  private func activate(
    _ kernels: Kernels, _ x: [Float], _ activation: Activation, bias: [Float]? = nil
  ) throws -> [Float] {
    let rows = x.count / (bias?.count ?? x.count)
    return try apply(x) { source, out, count in
      out.initialize(from: source, count: count)
      kernels.biasActivation(
        out, rows: rows, columns: count / rows, leadingDimension: count / rows, bias: bias,
        activation: activation)
    }
  }

  @Test(arguments: levels)
  func erfIsWithinOnePartInTenMillion(_ level: KernelLevel) throws {
    let golden = try GoldenFile("kernels/golden.safetensors")
    let x = try golden.floats("x")
    let erf = try apply(x) { try? kernels(level).erf($0, into: $1, count: $2) }
    for (index, exact) in try golden.doubles("erf").enumerated() {
      if x[index].isNaN {
        #expect(erf[index].isNaN)
      } else if exact.magnitude < Double(Float.leastNormalMagnitude) {
        // Below the normal range the spacing of floats is the limit.
        #expect(
          (Double(erf[index]) - exact).magnitude <= Double(Float.leastNonzeroMagnitude), "x \(x[index])")
      } else {
        #expect((Double(erf[index]) - exact).magnitude <= 1e-7 * exact.magnitude, "x \(x[index])")
      }
    }
  }

  @Test(arguments: levels)
  func expIsWithinTwoULP(_ level: KernelLevel) throws {
    let golden = try GoldenFile("kernels/golden.safetensors")
    let x = try golden.floats("x")
    let exp = try apply(x) { try? kernels(level).exp($0, into: $1, count: $2) }
    for (index, exact) in try golden.doubles("exp").enumerated() {
      if x[index].isNaN {
        #expect(exp[index].isNaN)
      } else {
        #expect(ulpError(exp[index], exact) <= 2, "exp(\(x[index])) is \(exp[index]), not \(exact)")
      }
    }
  }

  private static let activations: [(Activation, String)] = [
    (.linear, "linear"), (.gelu, "gelu"), (.geluClipped10, "gelu_10"), (.geluTanh, "gelu_new"),
    (.quickGelu, "quick_gelu"), (.relu, "relu"), (.silu, "silu"), (.reluSquared, "relu2"), (.relu6, "relu6"),
    (.leakyRelu, "leaky_relu"), (.hardswish, "hardswish"), (.sigmoid, "sigmoid"), (.tanh, "tanh"),
    (.mish, "mish"), (.laplace, "laplace"), (.sqrtSoftplus, "sqrtsoftplus"),
  ]

  @Test func everyActivationHasAGolden() throws {
    #expect(Self.activations.count == Activation.allCases.count)
    let keys = try GoldenFile("kernels/golden.safetensors").keys
    for (_, name) in Self.activations where name != "linear" { #expect(keys.contains(name)) }
  }

  /// Absolutely for results of unit scale, relatively for larger ones.
  @Test(arguments: levels)
  func activationsMatchTheirDefinitions(_ level: KernelLevel) throws {
    let kernels = try kernels(level)
    let golden = try GoldenFile("kernels/golden.safetensors")
    let x = try golden.floats("x")
    for (activation, name) in Self.activations where name != "linear" {
      let y = try activate(kernels, x, activation)
      for (index, exact) in try golden.doubles(name).enumerated() where x[index].isFinite {
        let rounded = Float(exact)
        if rounded.isInfinite {
          #expect(y[index] == rounded, "\(name)(\(x[index]))")
        } else {
          let error = (Double(y[index]) - exact).magnitude
          #expect(
            error <= 4e-7 * max(1, exact.magnitude), "\(name)(\(x[index])) is \(y[index]), not \(exact)")
        }
      }
      #expect(try activate(kernels, [.nan], activation)[0].isNaN, "\(name)")
    }
  }

  @Test(arguments: levels)
  func geluIsWithinOneTenMillionth(_ level: KernelLevel) throws {
    let golden = try GoldenFile("kernels/golden.safetensors")
    let x = try golden.floats("x")
    let gelu = try activate(kernels(level), x, .gelu)
    for (index, exact) in try golden.doubles("gelu").enumerated() where x[index].isFinite {
      #expect((Double(gelu[index]) - exact).magnitude <= 1e-7 * max(1, exact.magnitude), "x \(x[index])")
    }
  }

  /// Widths around the sixteen lanes; elements beyond the columns must stay as they are.
  @Test(arguments: levels)
  func tailsAndLeadingDimensionsAreRespected(_ level: KernelLevel) throws {
    let kernels = try kernels(level)
    var random = SplitMix64(seed: 1)
    for columns in [1, 2, 15, 16, 17, 31, 33, 197] {
      let (rows, ld) = (3, columns + 5)
      let x = random.floats(rows * ld, in: -4...4)
      let bias = random.floats(columns)
      let all = try apply(x) { source, out, count in
        out.initialize(from: source, count: count)
        kernels.biasActivation(
          out, rows: rows, columns: columns, leadingDimension: ld, bias: bias, activation: .gelu)
      }
      for row in 0..<rows {
        for column in 0..<ld {
          let index = row * ld + column
          if column < columns {
            let alone = try activate(kernels, [x[index] + bias[column]], .gelu)[0]
            #expect(all[index].bitPattern == alone.bitPattern)
          } else {
            #expect(all[index] == x[index])
          }
        }
      }
    }
  }

  @Test(arguments: levels)
  func softmaxMatchesFloat64(_ level: KernelLevel) throws {
    let kernels = try kernels(level)
    var random = SplitMix64(seed: 2)
    for columns in [1, 2, 15, 16, 17, 50, 197, 1000] {
      let x = random.floats(2 * columns, in: -30...30)
      let scale: Float = 0.125
      let y = try apply(x) { source, out, count in
        out.initialize(from: source, count: count)
        kernels.softmax(out, rows: 2, columns: columns, leadingDimension: columns, scale: scale)
      }
      for row in 0..<2 {
        let logits = x[(row * columns)..<((row + 1) * columns)].map { Double($0) * Double(scale) }
        let top = logits.max() ?? 0
        let powers = logits.map { exp64($0 - top) }
        let sum = powers.reduce(0, +)
        for column in 0..<columns {
          let exact = powers[column] / sum
          #expect((Double(y[row * columns + column]) - exact).magnitude <= 1e-6 * exact + 1e-12)
        }
      }
    }
  }

  @Test(arguments: levels)
  func softmaxOfExtremes(_ level: KernelLevel) throws {
    let kernels = try kernels(level)
    func softmax(_ x: [Float]) throws -> [Float] {
      try apply(x) { source, out, count in
        out.initialize(from: source, count: count)
        kernels.softmax(out, rows: 1, columns: count, leadingDimension: count, scale: 1)
      }
    }
    #expect(try softmax([3e38, -3e38, 3e38]) == [0.5, 0, 0.5])
    #expect(try softmax([Float](repeating: -1e30, count: 20)) == [Float](repeating: 0.05, count: 20))
    #expect(try softmax([1, .nan, 2]).allSatisfy(\.isNaN))
    // Subnormal numbers would be slow to make and to multiply.
    let falling = try softmax((0..<400).map { Float($0) * -0.25 })
    #expect(falling.allSatisfy { $0 == 0 || $0.isNormal })
    #expect(falling[300] > 0 && falling[310] == 0)
  }

  @Test(arguments: levels)
  func layerNormMatchesFloat64(_ level: KernelLevel) throws {
    let kernels = try kernels(level)
    var random = SplitMix64(seed: 3)
    for columns in [1, 2, 15, 16, 17, 33, 768] {
      let x = random.floats(2 * columns, in: -3...5)
      let gamma = random.floats(columns)
      let beta = random.floats(columns)
      let y = try apply(x) { source, out, count in
        kernels.layerNorm(
          source, rows: 2, columns: columns, gamma: gamma, beta: beta, epsilon: 1e-6, into: out)
      }
      for row in 0..<2 {
        let values = x[(row * columns)..<((row + 1) * columns)].map(Double.init)
        let mean = values.reduce(0, +) / Double(columns)
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(columns)
        for column in 0..<columns {
          let exact =
            (values[column] - mean) / (variance + 1e-6).squareRoot() * Double(gamma[column])
            + Double(beta[column])
          #expect((Double(y[row * columns + column]) - exact).magnitude <= 2e-6, "columns \(columns)")
        }
      }
    }
  }

  /// The fast levels share their lanes and their order, so they agree to the bit with each other; with
  /// the portable level they agree but for the rounding that a fused multiply-add saves.
  @Test func levelsAgree() throws {
    var random = SplitMix64(seed: 4)
    let x = random.floats(5000, in: -12...12)
    let portable = try activate(kernels(.portable), x, .gelu)
    #expect(try activate(kernels(.blas), x, .gelu) == portable)
    let fast = try Self.levels.filter { $0 > .blas }.map { try activate(kernels($0), x, .gelu) }
    for result in fast {
      // Not the arrays themselves: their description would fill the log.
      #expect(zip(result, fast[0]).allSatisfy { $0.bitPattern == $1.bitPattern })
      for (a, b) in zip(result, portable) { #expect((a - b).magnitude <= 2.4e-7 * max(1, b.magnitude)) }
    }
  }

  @Test func levelsAreOrderedAndForced() {
    #expect(KernelLevel.portable < .blas && .blas < .avx2 && .avx2 < .avx512)
    #expect(KernelLevel.avx512 < .avx512vnni && .avx512vnni < .avx512bf16)
    #expect(KernelLevel.avx512bf16 < .amx)
    #expect(KernelLevel.resolve("avx2", best: .avx512) == .success(.avx2))
    #expect(KernelLevel.resolve("avx512", best: .avx2) == .failure(.unavailable(.avx512, best: .avx2)))
    #expect(KernelLevel.resolve("AVX2", best: .avx512) == .failure(.unknown("AVX2")))
    #expect(Kernels(level: .portable) != nil)
    for precision in Precision.allCases {
      let standard = KernelLevel.standard(for: precision)
      #expect(standard <= .best)
      // On one kind of CPU bfloat16 is faster without the instructions for it.
      #expect(standard == .best || precision == .bfloat16 && standard == .avx512vnni)
    }
  }

  private func exp64(_ x: Double) -> Double {
    // Series of a small part, squared back: no libm in the oracle of an exponential.
    var term = 1.0
    var sum = 1.0
    let small = x / 1024
    for order in 1..<12 {
      term *= small / Double(order)
      sum += term
    }
    for _ in 0..<10 { sum *= sum }
    return sum
  }
}
