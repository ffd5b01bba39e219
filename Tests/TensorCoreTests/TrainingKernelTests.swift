import Testing

@testable import TensorCore

/// The loops of training: against plain sums in double precision, and the same bits for any number of threads.
@Suite struct TrainingKernelTests {
  /// Floats between -1 and 1.
  private static func numbers(_ count: Int, _ seed: UInt32) -> [Float] {
    var state = seed
    return (0..<count).map { _ in
      state = state &* 1_664_525 &+ 1_013_904_223
      return Float(state >> 8) * 0x1p-23 - 1
    }
  }

  private static let rows = 700
  private static let (inputs, outputs, parts) = (40, 24, 3)
  private static let (heads, headSize, tokens, queries) = (2, 12, 35, 33)

  /// Everything that the loops compute, one array each.
  private static func results(threads: Int) throws -> [[Float]] {
    let (rows, inputs, outputs, parts) = (rows, inputs, outputs, parts)
    let all = parts * outputs
    let kernels = try Kernels.active()
    var plan = TrainingScratch(kernels: kernels, lanes: threads)
    plan.includeLinear(inputs: inputs, outputs: all, rows: rows)
    plan.includeColumns(all, rows: rows)
    plan.includeAttention(tokens: tokens, headSize: headSize)
    let memory = try TensorStorage(uninitializedCount: plan.count)
    var x = numbers(rows * inputs, 1)
    var dy = numbers(rows * all, 2)
    let weights = (0..<parts).flatMap { numbers(outputs * inputs, UInt32(3 + $0)) }
    let bias = numbers(outputs, 7)
    let vectors = numbers(all, 8)
    var y = [Float](repeating: .nan, count: rows * all)
    var before = y
    var dx = [Float](repeating: .nan, count: rows * inputs)
    var gradients = [Float](repeating: 1, count: all * inputs)
    var biasGradients = [Float](repeating: 1, count: all)
    var normalized = y
    var statistics = [Float](repeating: .nan, count: 2 * rows)
    var dNormalized = dy
    var (dGamma, dBeta, sums) = (vectors, vectors, vectors)
    let images = rows / tokens
    let width = heads * headSize
    let attention = TrainingAttention(
      images: images, heads: heads, headSize: headSize, tokens: tokens, queries: queries, scale: 0.3,
      stride: 3 * width)
    var out = [Float](repeating: .nan, count: images * queries * width)
    var attentionStatistics = [Float](repeating: .nan, count: attention.statisticsCount)
    var dProjected = [Float](repeating: .nan, count: rows * all)
    ComputeBudget(threads: threads).withCompute { compute in
      let training = TrainingKernels(plan, compute, memory: memory.base)
      weights.withUnsafeBufferPointer { weights in
        bias.withUnsafeBufferPointer { bias in
          before.withUnsafeMutableBufferPointer { before in
            guard let weights = weights.baseAddress, let before = before.baseAddress else { return }
            let stack = WeightStack(
              (0..<parts).map { weights + $0 * outputs * inputs },
              biases: [bias.baseAddress, nil, bias.baseAddress], rows: outputs, columns: inputs)
            training.linear(&x, rows: rows, stack, into: &y, .activation(.gelu, before: before))
            training.linearInputGradient(&dy, rows: rows, stack, into: &dx, .store)
          }
        }
      }
      gradients.withUnsafeMutableBufferPointer { gradients in
        biasGradients.withUnsafeMutableBufferPointer { biases in
          guard let weights = gradients.baseAddress, let biases = biases.baseAddress else { return }
          // The second matrix is not learnt.
          training.linearGradients(
            &dy, &x, rows: rows, outputs: outputs, inputs: inputs,
            into: WeightStackGradients(
              weights: [weights, nil, weights + 2 * outputs * inputs],
              biases: [biases, nil, biases + 2 * outputs]))
        }
      }
      training.layerNorm(
        before, rows: rows, columns: all, gamma: vectors, beta: vectors, epsilon: 1e-5, into: &normalized,
        statistics: &statistics)
      training.layerNormGradient(
        dy, before, statistics: statistics, rows: rows, columns: all, gamma: vectors, into: &dNormalized,
        adds: true, dGamma: &dGamma, dBeta: &dBeta)
      training.addColumnSums(dy, times: before, rows: rows, columns: all, stride: all, into: &sums)
      before.withUnsafeBufferPointer { projected in
        dProjected.withUnsafeMutableBufferPointer { gradient in
          guard let projected = projected.baseAddress, let gradient = gradient.baseAddress else { return }
          training.attention(
            attention, query: projected, key: projected + width, value: projected + 2 * width, into: &out,
            statistics: &attentionStatistics)
          training.attentionGradient(
            attention, query: projected, key: projected + width, value: projected + 2 * width, out: out,
            dOut: dy, statistics: attentionStatistics, dQuery: gradient, dKey: gradient + width,
            dValue: gradient + 2 * width)
        }
      }
    }
    return [
      y, before, dx, gradients, biasGradients, normalized, dNormalized, dGamma, dBeta, sums, out, dProjected,
    ]
  }

  @Test func theNumberOfThreadsChangesNoBit() throws {
    let one = try Self.results(threads: 1)
    for threads in [2, 3, 7] {
      let several = try Self.results(threads: threads)
      for (index, (left, right)) in zip(one, several).enumerated() {
        #expect(left.map(\.bitPattern) == right.map(\.bitPattern), "result \(index) on \(threads) threads")
      }
    }
  }

  @Test func productsAndTheirGradients() throws {
    let (rows, inputs, outputs, parts) = (Self.rows, Self.inputs, Self.outputs, Self.parts)
    let all = parts * outputs
    let x = Self.numbers(rows * inputs, 1)
    let dy = Self.numbers(rows * all, 2)
    let weights = (0..<parts).flatMap { Self.numbers(outputs * inputs, UInt32(3 + $0)) }
    let bias = Self.numbers(outputs, 7)
    let results = try Self.results(threads: 2)
    for row in [0, 1, 127, 128, 699] {
      for output in 0..<all {
        var sum = output / outputs == 1 ? 0 : Double(bias[output % outputs])
        for input in 0..<inputs {
          sum += Double(x[row * inputs + input]) * Double(weights[output * inputs + input])
        }
        #expect(abs(Double(results[1][row * all + output]) - sum) < 1e-5)
      }
      for input in 0..<inputs {
        var sum = 0.0
        for output in 0..<all {
          sum += Double(dy[row * all + output]) * Double(weights[output * inputs + input])
        }
        #expect(abs(Double(results[2][row * inputs + input]) - sum) < 1e-5)
      }
    }
    for output in 0..<all {
      let isLearnt = output / outputs != 1
      var total = 1.0
      for row in 0..<rows where isLearnt { total += Double(dy[row * all + output]) }
      #expect(abs(Double(results[4][output]) - total) < 1e-4)
      for input in 0..<inputs {
        var sum = 1.0
        for row in 0..<rows where isLearnt {
          sum += Double(dy[row * all + output]) * Double(x[row * inputs + input])
        }
        #expect(abs(Double(results[3][output * inputs + input]) - sum) < 1e-4)
      }
    }
  }

  @Test func theRoomThatWasPlannedSuffices() throws {
    let kernels = try Kernels.active()
    for (rows, inputs, outputs) in [
      (1, 1, 1), (16, 384, 2), (4112, 384, 1536), (4112, 1536, 384), (16_640, 128, 384),
    ] {
      var plan = TrainingScratch(kernels: kernels, lanes: 2)
      plan.includeLinear(inputs: inputs, outputs: outputs, rows: rows)
      let cut = OuterProductCut(rows: rows, outputs: outputs, inputs: inputs, kernels)
      #expect(plan.sums >= cut.sumCount && plan.lane >= cut.scratchCount)
      // Every row is some chunk's, and no chunk is empty.
      #expect(cut.chunks >= 1 && (cut.chunks - 1) * 128 < rows)
    }
  }
}
