import Platform
import TestSupport
import Testing

@testable import TensorCore

@Suite struct PackedArenaTests {
  @Test func placesAreApartAndWhatLiesBetweenIsZero() throws {
    let arena = try PackedArena()
    let counts = [1, 4096, 5000, 64]
    let places = try counts.map { try arena.reserve($0) }
    #expect(places == [0, 4096, 8192, 16384])
    #expect(arena.byteCount == 20480)
    try arena.allocate()
    for (place, count) in zip(places, counts) {
      (arena.base + place).initializeMemory(as: UInt8.self, repeating: 0xff, count: count)
    }
    arena.withBytes { bytes in
      #expect(bytes.count == arena.byteCount)
      #expect(bytes.reduce(0) { $0 + Int($1) } == 0xff * counts.reduce(0, +))
    }
  }

  @Test func moreThanCanBeAddressedIsAnError() throws {
    let arena = try PackedArena()
    #expect(throws: TensorError.self) { try arena.reserve(.max) }
    #expect(throws: TensorError.self) { try arena.reserve(-1) }
    _ = try arena.reserve(1 << 62)
    #expect(throws: TensorError.self) { try arena.reserve(1 << 62) }
    // More than any machine has.
    #expect(throws: TensorError.self) { try arena.allocate() }
  }

  @Test func aMatrixThatReservesNothingCostsNothing() throws {
    let arena = try PackedArena()
    let kernels = try Kernels.active()
    let matrix = try PackedMatrix(
      rows: 1 << 24, columns: 1 << 24, precision: .float32, kernels: kernels, in: arena, reserves: false)
    #expect(matrix.columns == 1 << 24)
    #expect(arena.byteCount == 0)
  }

  /// Stripe by stripe, in any order, is as all at once.
  @Test(arguments: KernelLevel.allCases.filter { $0 <= .best }, Precision.allCases)
  func stripesMakeTheWhole(_ level: KernelLevel, _ precision: Precision) throws {
    let kernels = try #require(Kernels(level: level))
    let arena = try PackedArena()
    let (rows, columns) = (1000, 70)
    let matrix = try PackedMatrix(
      rows: rows, columns: columns, precision: precision, kernels: kernels, in: arena)
    try arena.allocate()
    var generator = SplitMix64(seed: 7)
    let weights = try Tensor(shape: [rows, columns]) { out in
      for index in 0..<rows * columns { out[index] = Float.random(in: -1...1, using: &generator) }
    }
    for panel in (0..<matrix.panels).reversed() {
      let part = matrix.rows(ofPanels: panel..<panel + 1)
      matrix.pack(panels: panel..<panel + 1, from: weights.base + part.lowerBound * columns)
    }
    let whole = try PackedMatrix(weights, precision: precision, kernels: kernels)
    #expect(arena.withBytes { Array($0) } == whole.arena.withBytes { Array($0) })
  }

  @Test func fingerprintsTellLevelsAndPrecisionsApart() throws {
    var seen = Set<UInt64>()
    for precision in Precision.allCases {
      let kernels = try Kernels.active()
      let fingerprint = try kernels.packingFingerprint(precision)
      #expect(try kernels.packingFingerprint(precision) == fingerprint)
      #expect(seen.insert(fingerprint).inserted)
    }
  }
}

@Suite struct Checksum64Tests {
  private func sum(_ bytes: [UInt8], threads: Int = 1) -> UInt64 {
    bytes.withUnsafeBytes { Checksum64.of($0, budget: ComputeBudget(threads: threads)) }
  }

  /// Every bit of a file shows, wherever it is.
  @Test(arguments: [0, 1, 7, 63, 64, 65, 200])
  func everyFlippedBitShows(count: Int) {
    var generator = SplitMix64(seed: UInt64(count))
    var bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
    var seen: Set = [sum(bytes)]
    for bit in 0..<8 * count {
      bytes[bit / 8] ^= 1 << (bit % 8)
      #expect(seen.insert(sum(bytes)).inserted, "bit \(bit)")
      bytes[bit / 8] ^= 1 << (bit % 8)
    }
  }

  /// The signs of two floats, or two equal words that change places, cancel each other in a weak sum.
  @Test func pairsOfDamagesShow() {
    var bytes = (0..<512).map { UInt8(truncatingIfNeeded: $0 * 37) }
    var seen: Set = [sum(bytes)]
    for first in stride(from: 7, to: 512, by: 8) {
      for second in stride(from: first + 8, to: 512, by: 8) {
        bytes[first] ^= 0x80
        bytes[second] ^= 0x80
        #expect(seen.insert(sum(bytes)).inserted, "\(first), \(second)")
        bytes[first] ^= 0x80
        bytes[second] ^= 0x80
      }
    }
  }

  @Test func threadsAndLengthCount() {
    let zeros = [UInt8](repeating: 0, count: 3 << 20 | 5)
    #expect(sum(zeros, threads: 3) == sum(zeros))
    #expect(sum(zeros) != sum(Array(zeros.dropLast())))
    #expect(sum(Array(zeros[..<64])) != sum([]))
  }
}
