import TestSupport
import Testing

@Suite struct ComparisonTests {
  @Test func theWorstElementIsFound() {
    let worst = largestError([1, 2, 3.5] as [Float], [1, 2.25, 3] as [Double])
    #expect(worst.index == 2 && worst.error == 0.5 && worst.mean == 0.25)
    #expect(largestError([Float.nan], [1.0]).error == .infinity)
    #expect(largestError([Float.infinity], [Double.infinity]).error == 0)
    #expect(largestError([1, 2] as [Float], [1] as [Float]).error == .infinity)
  }

  @Test func stepsBetweenFloatsAreCounted() {
    #expect(ulpDistance(1, Float(1).nextUp) == 1)
    #expect(ulpDistance(-Float.leastNonzeroMagnitude, .leastNonzeroMagnitude) == 2)
    #expect(ulpDistance(0, -0) == 0)
    #expect(ulpDistance(.nan, 1) == .max)
    #expect(ulpError(Float(0.1), Double(Float(0.1))) == 0)
    #expect(ulpError(1, 1 + 0.5 * Double(Float.ulpOfOne)) == 0.5)
  }

  @Test func theTableOfFunctionsIsWhole() throws {
    let golden = try GoldenFile("kernels/golden.safetensors")
    let x = try golden.floats("x")
    for key in golden.keys { #expect(try golden.doubles(key).count == x.count) }
    let gelu = try golden.doubles("gelu")
    #expect(zip(x, gelu).allSatisfy { $0 >= 0 ? $1 >= 0 : $1 <= 0 })
  }
}
