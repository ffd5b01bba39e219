// swift-tools-version: 6.2
import PackageDescription

// What a user of the library writes: a dependency, its products, no flags.
let package = Package(
  name: "consumer",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "AIGuardVision", path: "../..", traits: ["Evidence", "Formats", "Hub"])],
  targets: [
    .executableTarget(
      name: "consumer",
      dependencies: [
        .product(name: "AIGuardVision", package: "AIGuardVision"),
        .product(name: "AIGuardDefaultModel", package: "AIGuardVision"),
        .product(name: "Checkpoint", package: "AIGuardVision"),
        .product(name: "Training", package: "AIGuardVision"),
        .product(name: "Evaluation", package: "AIGuardVision"),
      ])
  ]
)
