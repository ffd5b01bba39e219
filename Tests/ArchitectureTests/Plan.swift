/// The plan of the house: the one table that says what a module may import. `Docs/Architecture.md` draws it.
enum Plan {
  /// What stands in a folder of `Sources` with Swift in it.
  struct Module {
    let name: String
    /// Modules of ours that it may import: some of those before it in the table.
    let mayImport: [String]
    /// Modules of C that are its own: no other imports them, and it does so with `internal import`.
    var owns: [String] = []
    /// Modules of the toolchain and products of other packages.
    var others: [String] = []
  }

  /// From the ground up.
  static let modules: [Module] = [
    Module(name: "Platform", mayImport: [], owns: ["CPlatform", "CLibCrypto"], others: systems),
    Module(name: "JSONText", mayImport: ["Platform"]),
    Module(
      name: "TensorCore", mayImport: ["Platform"], owns: ["CTensorKernels", "COpenBLAS"],
      others: ["Synchronization"]),
    Module(name: "Checkpoint", mayImport: ["Platform", "JSONText", "TensorCore"]),
    Module(name: "Layers", mayImport: ["Platform", "TensorCore", "Checkpoint"]),
    Module(name: "ViTModel", mayImport: ["Platform", "TensorCore", "Checkpoint", "Layers"]),
    Module(name: "ImageDecoding", mayImport: ["Platform"], owns: ["CImageCodecs"]),
    Module(
      name: "ImageEvidence", mayImport: ["Platform", "JSONText", "ImageDecoding"],
      owns: ["CCredentials", "CLibBrotli"]),
    Module(
      name: "ImageProcessor",
      // Of `TensorCore` the tensor that it makes and the instruction set, of `Checkpoint` which files of a model's
      // folder are whose (`ModelFolder`) and the error for one that is no JSON.
      mayImport: ["Platform", "JSONText", "TensorCore", "Checkpoint", "ImageDecoding"],
      owns: ["CImageKernels"]),
    // Of `Checkpoint` which files of a model are to be downloaded (`ModelFolder`).
    Module(name: "ModelHub", mayImport: ["Platform", "JSONText", "Checkpoint"], owns: ["CHubTransport"]),
    Module(
      name: "AIGuardVision",
      mayImport: [
        "Platform", "JSONText", "TensorCore", "Checkpoint", "Layers", "ViTModel", "ImageProcessor",
        "ImageEvidence", "ModelHub",
      ], others: foundation),
    Module(
      name: "AIGuardDefaultModel", mayImport: ["AIGuardVision"], owns: ["CDefaultModel"]),
    Module(name: "AIGuardPhotoModel", mayImport: ["AIGuardVision"], owns: ["CPhotoModel"]),
    Module(name: "Datasets", mayImport: ["Platform", "ImageDecoding"]),
    Module(
      name: "Evaluation",
      mayImport: [
        "Platform", "JSONText", "ImageDecoding", "ImageProcessor", "AIGuardVision", "Datasets",
      ]),
    Module(
      name: "Training",
      mayImport: [
        "Platform", "JSONText", "TensorCore", "Checkpoint", "Layers", "ViTModel", "ImageDecoding",
        "ImageProcessor", "AIGuardVision", "Datasets",
      ]),
    Module(name: "WorkerFrames", mayImport: ["Platform"]),
    Module(
      name: "aiguard",
      mayImport: [
        "Platform", "TensorCore", "Checkpoint", "AIGuardVision", "AIGuardDefaultModel", "AIGuardPhotoModel",
        "Datasets", "Evaluation", "JSONText", "Training", "WorkerFrames",
      ],
      others: foundation + ["ArgumentParser"]),
  ]

  /// Modules of C whose owner is a module of C, which includes their headers.
  static let ownedByC = [
    "CLibJPEG", "CLibPNG", "CLibWebP", "CLibTIFF", "CLibLCMS", "CLibAVIF", "CLibDE265",
  ]

  /// The C library, by system. They stand in `Platform/System.swift` alone.
  static let systems = ["Glibc", "Musl", "Darwin"]

  /// For `URL` and `Data` in what users and people see, and for nothing under that.
  static let foundation = ["Foundation", "FoundationEssentials"]

  /// Types named like a module, which cannot be qualified. None should be; this one is public, and an alias under its
  /// name would keep what is wrong with it.
  static let typesNamedLikeModules = ["ModelHub"]

  static func module(_ name: String) -> Module? { modules.first { $0.name == name } }
}
