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
    .library(name: "AIGuardPhotoModel", targets: ["AIGuardPhotoModel"]),
    .library(name: "TensorCore", targets: ["TensorCore"]),
    .library(name: "Checkpoint", targets: ["Checkpoint"]),
    .library(name: "ImageProcessor", targets: ["ImageProcessor"]),
    .library(name: "ImageEvidence", targets: ["ImageEvidence"]),
    .library(name: "ModelHub", targets: ["ModelHub"]),
    .library(name: "ViTModel", targets: ["ViTModel"]),
    .library(name: "Evaluation", targets: ["Evaluation"]),
    .library(name: "Training", targets: ["Training"]),
    .executable(name: "aiguard", targets: ["aiguard"]),
  ],
  traits: [
    .default(enabledTraits: ["CLI", "Evidence", "Formats", "Hub"]),
    // Library users leave this one out (`traits: ["Formats", "Hub"]`) and then resolve no argument parser.
    .trait(name: "CLI", description: "The command-line tool `aiguard`."),
    // Without it nothing here opens a socket, and libcurl is not needed.
    .trait(name: "Hub", description: "Models by their id on the Hugging Face Hub, through libcurl."),
    .trait(
      name: "Evidence",
      description: "What files say of their own origin, in results and in the tool; through libcrypto."),
    // A format whose trait is off needs no library; its files are refused by name.
    .trait(
      name: "Formats", description: "Every image format that there is a decoder for.",
      enabledTraits: ["JPEG", "PNG", "WebP", "GIF", "BMP", "TIFF", "AVIF", "HEIC"]),
    .trait(name: "JPEG", description: "JPEG images, through libjpeg."),
    .trait(name: "PNG", description: "PNG images, through libpng."),
    .trait(name: "WebP", description: "WebP images, through libwebp."),
    .trait(name: "GIF", description: "GIF images."),
    .trait(name: "BMP", description: "Windows bitmaps."),
    .trait(name: "TIFF", description: "TIFF images, through libtiff and littleCMS."),
    .trait(name: "AVIF", description: "AVIF images, through libavif."),
    .trait(name: "HEIC", description: "HEIC and HEIF images, through libde265."),
    // Off by default: few writers compress what they sign.
    .trait(name: "Brotli", description: "Compressed C2PA manifests, through libbrotlidec."),
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
      name: "CLibTIFF", pkgConfig: "libtiff-4",
      providers: [.apt(["libtiff-dev"]), .brew(["libtiff"])]),
    .systemLibrary(
      name: "CLibLCMS", pkgConfig: "lcms2",
      providers: [.apt(["liblcms2-dev"]), .brew(["little-cms2"])]),
    .systemLibrary(
      // Its package asks for a flag that the package manager refuses and the library does not need.
      name: "CLibAVIF",
      providers: [.apt(["libavif-dev"]), .brew(["libavif"])]),
    .systemLibrary(
      name: "CLibDE265", pkgConfig: "libde265",
      providers: [.apt(["libde265-dev"]), .brew(["libde265"])]),
    .systemLibrary(
      name: "CLibCrypto", pkgConfig: "libcrypto",
      providers: [.apt(["libssl-dev"]), .brew(["openssl"])]),
    .systemLibrary(
      name: "CLibBrotli", pkgConfig: "libbrotlidec",
      providers: [.apt(["libbrotli-dev"]), .brew(["brotli"])]),

    // MARK: C, never public API
    .target(name: "CTensorKernels"),
    .target(
      name: "CImageCodecs",
      dependencies: [
        .target(name: "CLibJPEG", condition: .when(traits: ["JPEG"])),
        .target(name: "CLibPNG", condition: .when(traits: ["PNG"])),
        .target(name: "CLibWebP", condition: .when(traits: ["WebP"])),
        .target(name: "CLibTIFF", condition: .when(traits: ["TIFF"])),
        .target(name: "CLibLCMS", condition: .when(traits: ["TIFF"])),
        .target(name: "CLibAVIF", condition: .when(traits: ["AVIF"])),
        .target(name: "CLibDE265", condition: .when(traits: ["HEIC"])),
      ],
      cSettings: ["JPEG", "PNG", "WebP", "TIFF", "AVIF", "HEIC"].map {
        .define("CIC_" + $0.uppercased(), .when(traits: [$0]))
      },
      // zlib comes with libpng, whose package does not name it when linking; libavif is found without its package.
      linkerSettings: [
        .linkedLibrary("z", .when(traits: ["PNG"])), .linkedLibrary("avif", .when(traits: ["AVIF"])),
      ]),
    .target(name: "CImageKernels"),
    .target(name: "CPlatform"),
    .target(name: "CCredentials", dependencies: ["CLibCrypto"]),
    // It needs libcurl's headers, and finds the library when there is something to download: linking it would cost
    // every start a sixth of its time.
    .target(
      name: "CHubTransport", cSettings: [.define("CHUB_CURL", .when(traits: ["Hub"]))],
      linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux], traits: ["Hub"]))]),
    .target(name: "CDefaultModel", exclude: ["model"]),
    .target(name: "CPhotoModel", exclude: ["model"]),

    // MARK: Layers
    .target(name: "Platform", dependencies: ["CLibCrypto", "CPlatform"]),
    .target(name: "JSONText", dependencies: ["Platform"]),
    .target(name: "TensorCore", dependencies: ["COpenBLAS", "CTensorKernels", "Platform"]),
    .target(name: "Checkpoint", dependencies: ["JSONText", "Platform", "TensorCore"]),
    .target(name: "ImageDecoding", dependencies: ["CImageCodecs", "Platform"]),
    .target(
      name: "ImageEvidence",
      dependencies: [
        "CCredentials", "ImageDecoding", "JSONText", "Platform",
        .target(name: "CLibBrotli", condition: .when(traits: ["Brotli"])),
      ]),
    .target(
      name: "ImageProcessor",
      dependencies: [
        "CImageKernels", "Checkpoint", "ImageDecoding", "JSONText", "Platform", "TensorCore",
      ]),
    .target(name: "Layers", dependencies: ["Checkpoint", "Platform", "TensorCore"]),
    .target(name: "ViTModel", dependencies: ["Checkpoint", "Layers", "Platform", "TensorCore"]),
    .target(name: "ModelHub", dependencies: ["CHubTransport", "Checkpoint", "JSONText", "Platform"]),
    .target(
      name: "AIGuardVision",
      dependencies: [
        "Checkpoint", "ImageProcessor", "JSONText", "Layers", "Platform", "TensorCore", "ViTModel",
        .target(name: "ImageEvidence", condition: .when(traits: ["Evidence"])),
        .target(name: "ModelHub", condition: .when(traits: ["Hub"])),
      ]),
    .target(name: "AIGuardDefaultModel", dependencies: ["AIGuardVision", "CDefaultModel"]),
    .target(name: "AIGuardPhotoModel", dependencies: ["AIGuardVision", "CPhotoModel"]),
    .target(name: "Datasets", dependencies: ["ImageDecoding", "Platform"]),
    .target(
      name: "Evaluation",
      dependencies: [
        "AIGuardVision", "Datasets", "ImageDecoding", "ImageProcessor", "JSONText", "Platform",
      ]),
    .target(
      name: "Training",
      dependencies: [
        "AIGuardVision", "Checkpoint", "Datasets", "ImageDecoding", "ImageProcessor", "JSONText", "Layers",
        "Platform", "TensorCore", "ViTModel",
      ]),
    .target(name: "WorkerFrames", dependencies: ["Platform"]),
    .executableTarget(
      name: "aiguard",
      dependencies: [
        "AIGuardDefaultModel", "AIGuardPhotoModel", "AIGuardVision", "Checkpoint", "Datasets", "Evaluation",
        "JSONText", "Platform", "TensorCore", "Training", "WorkerFrames",
        .product(
          name: "ArgumentParser", package: "swift-argument-parser",
          condition: .when(traits: ["CLI"])),
      ]),

    // MARK: Tests
    .target(name: "CFixtureWeights", path: "Tests/CFixtureWeights"),
    .target(
      name: "TestSupport", dependencies: ["CFixtureWeights", "Checkpoint", "Platform"],
      path: "Tests/TestSupport"),
    .testTarget(name: "ArchitectureTests"),
    .testTarget(name: "TestSupportTests", dependencies: ["TestSupport"]),
    .testTarget(name: "PlatformTests", dependencies: ["Platform", "TestSupport"]),
    .testTarget(name: "JSONTextTests", dependencies: ["JSONText"]),
    .testTarget(name: "TensorCoreTests", dependencies: ["Platform", "TensorCore", "TestSupport"]),
    .testTarget(
      name: "CheckpointTests",
      dependencies: ["Checkpoint", "JSONText", "Platform", "TensorCore", "TestSupport", "ViTModel"]),
    .target(
      name: "ImageTestSupport", dependencies: ["ImageDecoding", "Platform", "TestSupport"],
      path: "Tests/ImageTestSupport"),
    .testTarget(
      name: "ImageDecodingTests",
      dependencies: ["ImageDecoding", "ImageTestSupport", "Platform", "TestSupport"]),
    .testTarget(
      name: "ImageEvidenceTests",
      dependencies: ["ImageDecoding", "ImageEvidence", "JSONText", "Platform", "TestSupport"]),
    .testTarget(
      name: "ImageProcessorTests",
      dependencies: [
        "Checkpoint", "ImageProcessor", "ImageTestSupport", "JSONText", "Platform", "TestSupport",
      ]),
    .testTarget(
      name: "ViTModelTests",
      dependencies: ["Checkpoint", "JSONText", "Layers", "TensorCore", "TestSupport", "ViTModel"]),
    .testTarget(name: "ModelHubTests", dependencies: ["Checkpoint", "ModelHub", "TestSupport"]),
    .testTarget(
      name: "AIGuardVisionTests",
      dependencies: [
        "AIGuardDefaultModel", "AIGuardPhotoModel", "AIGuardVision", "Checkpoint", "ImageProcessor",
        "JSONText", "Layers", "Platform",
        "TestSupport",
      ]),
    .testTarget(
      name: "DatasetsTests",
      dependencies: ["Datasets", "ImageDecoding", "JSONText", "Platform", "TestSupport"]),
    .testTarget(
      name: "EvaluationTests",
      dependencies: [
        "AIGuardDefaultModel", "AIGuardVision", "Datasets", "Evaluation", "Platform", "TestSupport",
      ]),
    .testTarget(
      name: "TrainingTests",
      dependencies: [
        "AIGuardVision", "Checkpoint", "Datasets", "ImageDecoding", "ImageProcessor", "JSONText",
        "Platform", "TensorCore", "TestSupport", "Training", "ViTModel",
      ]),
    .testTarget(name: "WorkerFramesTests", dependencies: ["WorkerFrames"]),
    .target(name: "CAllocationCounter", path: "Tests/CAllocationCounter"),
    .testTarget(
      name: "AllocationTests",
      dependencies: [
        "AIGuardDefaultModel", "AIGuardVision", "CAllocationCounter", "Checkpoint", "TensorCore",
        "TestSupport", "ViTModel",
      ]),
    .testTarget(
      name: "CommandLineTests",
      dependencies: [
        "aiguard", "AIGuardDefaultModel", "AIGuardVision", "Platform", "TestSupport",
        .product(
          name: "ArgumentParser", package: "swift-argument-parser", condition: .when(traits: ["CLI"])),
      ]),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .c17
)

// Under a sanitizer only some of the tests are run, and the others need not be built.
if let names = Context.environment["AIGUARD_TEST_TARGETS"]?.split(separator: " ") {
  package.targets.removeAll { $0.type == .test && !names.contains(Substring($0.name)) }
}

// What no user of the library needs as a product: only the fuzzer imports it from another package.
if Context.environment["AIGUARD_FUZZER"] != nil {
  package.products.append(.library(name: "WorkerFrames", targets: ["WorkerFrames"]))
}
