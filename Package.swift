// swift-tools-version: 6.2
import PackageDescription

// The manifest reads like the plan in Docs/Architecture.md: each layer names only the layers under it.
let package = Package(
  name: "AIGuardVision",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "AIGuardVision", targets: ["AIGuardVision"]),
    // The default weights are a product apart: who brings a model of their own never links them.
    .library(name: "AIGuardDefaultModel", targets: ["AIGuardDefaultModel"]),
    .library(name: "TensorCore", targets: ["TensorCore"]),
    .library(name: "Checkpoint", targets: ["Checkpoint"]),
    .library(name: "ImageProcessor", targets: ["ImageProcessor"]),
    .library(name: "ViTModel", targets: ["ViTModel"]),
    .executable(name: "aiguard", targets: ["aiguard"]),
  ],
  traits: [
    .default(enabledTraits: ["CLI", "WebP"]),
    // Library users switch this off (`traits: []`) and then resolve no argument parser.
    .trait(name: "CLI", description: "The command-line tool `aiguard`."),
    // A codec whose trait is off needs no library; its files are refused by name.
    .trait(name: "WebP", description: "WebP images, through libwebp."),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0")
  ],
  targets: [
    // MARK: System libraries
    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas",
      providers: [.apt(["libopenblas-dev"]), .brew(["openblas"])]),
    .systemLibrary(
      name: "CLibJPEG", pkgConfig: "libjpeg",
      providers: [.apt(["libjpeg62-turbo-dev"]), .brew(["jpeg-turbo"])]),
    .systemLibrary(
      name: "CLibPNG", pkgConfig: "libpng",
      providers: [.apt(["libpng-dev"]), .brew(["libpng"])]),
    .systemLibrary(
      name: "CLibWebP", pkgConfig: "libwebpdemux",
      providers: [.apt(["libwebp-dev"]), .brew(["webp"])]),
    .systemLibrary(
      name: "CLibCrypto", pkgConfig: "libcrypto",
      providers: [.apt(["libssl-dev"]), .brew(["openssl"])]),

    // MARK: C, never public API
    .target(name: "CTensorKernels"),
    .target(
      name: "CImageCodecs",
      dependencies: [
        "CLibJPEG", "CLibPNG", .target(name: "CLibWebP", condition: .when(traits: ["WebP"])),
      ],
      cSettings: [.define("CIC_WEBP", .when(traits: ["WebP"]))],
      // zlib comes with libpng, whose package does not name it when linking.
      linkerSettings: [.linkedLibrary("z")]),
    .target(name: "CImageKernels"),
    .target(name: "CDefaultModel", exclude: ["model"]),

    // MARK: Layers
    .target(name: "TensorCore", dependencies: ["CTensorKernels", "COpenBLAS"]),
    .target(name: "Checkpoint", dependencies: ["CLibCrypto", "TensorCore"]),
    .target(
      name: "ImageProcessor",
      dependencies: ["CImageCodecs", "CImageKernels", "Checkpoint", "TensorCore"]),
    .target(name: "ViTModel", dependencies: ["Checkpoint", "TensorCore"]),
    .target(
      name: "AIGuardVision",
      dependencies: ["Checkpoint", "ImageProcessor", "TensorCore", "ViTModel"]),
    .target(name: "AIGuardDefaultModel", dependencies: ["AIGuardVision", "CDefaultModel"]),
    .executableTarget(
      name: "aiguard",
      dependencies: [
        "AIGuardDefaultModel", "AIGuardVision",
        .product(
          name: "ArgumentParser", package: "swift-argument-parser",
          condition: .when(traits: ["CLI"])),
      ]),

    // MARK: Tests
    .target(name: "CFixtureWeights", path: "Tests/CFixtureWeights"),
    .target(
      name: "TestSupport", dependencies: ["CFixtureWeights", "TensorCore"], path: "Tests/TestSupport"),
    .testTarget(name: "TestSupportTests", dependencies: ["TestSupport"]),
    .testTarget(name: "TensorCoreTests", dependencies: ["TensorCore", "TestSupport"]),
    .testTarget(name: "CheckpointTests", dependencies: ["Checkpoint", "TestSupport"]),
    .testTarget(
      name: "ImageProcessorTests", dependencies: ["Checkpoint", "ImageProcessor", "TestSupport"]),
    .testTarget(name: "ViTModelTests", dependencies: ["Checkpoint", "ViTModel", "TestSupport"]),
    .testTarget(
      name: "AIGuardVisionTests",
      dependencies: ["AIGuardVision", "AIGuardDefaultModel", "TestSupport"]),
    .target(name: "CAllocationCounter", path: "Tests/CAllocationCounter"),
    .testTarget(
      name: "AllocationTests",
      dependencies: ["AIGuardDefaultModel", "AIGuardVision", "CAllocationCounter", "TestSupport"]),
    .testTarget(
      name: "CommandLineTests",
      dependencies: ["aiguard", "AIGuardVision", "TestSupport"]),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .c17
)
