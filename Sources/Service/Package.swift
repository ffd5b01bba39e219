// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that no user of the library resolves what only a server needs.
let package = Package(
  name: "AIGuardService",
  platforms: [.macOS(.v15)],
  products: [.executable(name: "aiguard-server", targets: ["aiguard-server"])],
  traits: [
    .trait(name: "PostgreSQL", description: "Results in PostgreSQL too, through libpq.")
  ],
  dependencies: [
    .package(name: "AIGuardVision", path: "../..", traits: ["Evidence", "Formats", "Hub"]),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.2.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-metrics", from: "2.5.0"),
    .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1", traits: []),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.9.0"),
  ],
  targets: [
    .systemLibrary(
      name: "CServiceCrypto", pkgConfig: "libcrypto",
      providers: [.apt(["libssl-dev"]), .brew(["openssl"])]),
    .systemLibrary(
      name: "CPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"]), .brew(["libpq"])]),
    // libcurl fetches what clients point at, where the service's owner allows that.
    .target(name: "CServiceFetch", linkerSettings: [.linkedLibrary("curl")]),
    // What is kept: results, reviews, keys, the audit log.
    .target(
      name: "ResultStore",
      dependencies: [
        .product(name: "GRDB", package: "GRDB.swift"),
        .target(name: "CPQ", condition: .when(traits: ["PostgreSQL"])),
      ]),
    // What is computed: models, their queue, one inference for equal uploads. No HTTP.
    .target(
      name: "ModelService",
      dependencies: [
        "CServiceCrypto", "ResultStore", .product(name: "AIGuardVision", package: "AIGuardVision"),
        .product(name: "CoreMetrics", package: "swift-metrics"),
        .product(name: "DequeModule", package: "swift-collections"),
        .product(name: "Evaluation", package: "AIGuardVision"),
      ]),
    // The faces: /v1, /v2, /models, /predict, and the page.
    .target(
      name: "ServiceHTTP",
      dependencies: [
        "CServiceFetch", "ModelService", "ResultStore",
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ],
      resources: [
        "docs.html", "docs.js", "favicon.svg", "index.html", "openapi.json", "page.css", "page.js",
        "texts.js",
      ].map { .embedInCode("Page/\($0)") }),
    .executableTarget(
      name: "aiguard-server",
      dependencies: [
        "ModelService", "ResultStore", "ServiceHTTP",
        .product(name: "AIGuardDefaultModel", package: "AIGuardVision"),
        .product(name: "AIGuardPhotoModel", package: "AIGuardVision"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Metrics", package: "swift-metrics"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ]),
    .testTarget(
      name: "ResultStoreTests",
      dependencies: ["ResultStore", .product(name: "GRDB", package: "GRDB.swift")]),
    .testTarget(
      name: "ServiceHTTPTests",
      dependencies: [
        "ModelService", "ResultStore", "ServiceHTTP",
        .product(name: "AIGuardDefaultModel", package: "AIGuardVision"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "Metrics", package: "swift-metrics"),
      ]),
  ],
  swiftLanguageModes: [.v6]
)
