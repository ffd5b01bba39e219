// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that no user of the library resolves what only measuring needs.
let package = Package(
  name: "Benchmarks",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(name: "AIGuardVision", path: "..", traits: ["Evidence", "Formats"]),
    // Without its traits it replaces neither malloc nor the Swift runtime's reference counting.
    .package(url: "https://github.com/ordo-one/benchmark", exact: "1.38.1", traits: []),
  ],
  targets: [
    // The process that peers/run.py and images/run.py drive; no benchmark library in it.
    .executableTarget(
      name: "aiguard-bench",
      dependencies: [
        .product(name: "AIGuardVision", package: "AIGuardVision"),
        .product(name: "ImageProcessor", package: "AIGuardVision"),
        .product(name: "TensorCore", package: "AIGuardVision"),
        .product(name: "Training", package: "AIGuardVision"), "CCodecLoop", "CPeak",
      ]),
    .target(name: "CPeak"),
    .target(name: "CCodecLoop", linkerSettings: ["jpeg", "png", "de265"].map { .linkedLibrary($0) }),
    .executableTarget(
      name: "AIGuardBenchmarks",
      dependencies: [
        .product(name: "AIGuardDefaultModel", package: "AIGuardVision"),
        .product(name: "AIGuardVision", package: "AIGuardVision"),
        .product(name: "TensorCore", package: "AIGuardVision"),
        .product(name: "Benchmark", package: "benchmark"),
      ],
      path: "Benchmarks/AIGuardBenchmarks",
      plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
  ],
  swiftLanguageModes: [.v6]
)
