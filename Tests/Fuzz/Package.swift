// swift-tools-version: 6.2
import PackageDescription

// Built by run.sh beside it, with the flags that libFuzzer and the sanitizers need.
let package = Package(
  name: "fuzz",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "AIGuardVision", path: "../..", traits: ["Evidence", "Formats"])],
  targets: [
    .target(name: "CFuzzer"),
    .executableTarget(
      name: "Fuzz",
      dependencies: [
        "CFuzzer", .product(name: "Checkpoint", package: "AIGuardVision"),
        .product(name: "ImageEvidence", package: "AIGuardVision"),
        .product(name: "ImageProcessor", package: "AIGuardVision"),
        .product(name: "Training", package: "AIGuardVision"),
        .product(name: "ViTModel", package: "AIGuardVision"),
        .product(name: "WorkerFrames", package: "AIGuardVision"),
      ]),
  ],
  swiftLanguageModes: [.v6]
)
