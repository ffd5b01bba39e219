/// The image processors of transformers that do what this library does. Most differ in their defaults alone.
public enum ImageProcessorType: String, Sendable, CaseIterable {
  /// ViT's: 224x224, bilinear, mean and deviation 0.5.
  case vit = "ViTImageProcessor"
  /// DeiT's: 256x256 and the middle 224x224 of it, bicubic, mean and deviation 0.5.
  case deit = "DeiTImageProcessor"
  /// BiT's, which DINOv2 uses: as CLIP's.
  case bit = "BitImageProcessor"
  /// CLIP's: the short side 224 and the middle 224x224 of it, bicubic, CLIP's own mean and deviation.
  case clip = "CLIPImageProcessor"
  /// SigLIP's: 224x224, bicubic, mean and deviation 0.5.
  case siglip = "SiglipImageProcessor"
  /// SigLIP 2's for images of any proportions (NaFlex): at most 256 patches of 16x16, bilinear, mean and deviation 0.5.
  case siglip2 = "Siglip2ImageProcessor"
  /// BEiT's: 224x224, bicubic, mean and deviation 0.5.
  case beit = "BeitImageProcessor"
  /// BLIP's: 384x384, bicubic, CLIP's mean and deviation.
  case blip = "BlipImageProcessor"
  /// ConvNeXt's: from 384 on exactly `shortest_edge` each way; below, the short side is `shortest_edge / crop_pct`, and
  /// the middle is cut out. Bicubic, mean and deviation 0.5.
  case convnext = "ConvNextImageProcessor"
  /// timm's own transforms: the short side `size / crop_pct`, bicubic, and the middle cut out, ImageNet's mean and
  /// deviation.
  case timm = "TimmWrapperImageProcessor"
  /// EfficientNet's: 346x346, bicubic, mean and deviation 0.5, divided by the deviation once more.
  case efficientnet = "EfficientNetImageProcessor"
  /// LeViT's: the short side 256/224 of `shortest_edge` and the middle 224x224, bicubic, ImageNet's mean and deviation.
  case levit = "LevitImageProcessor"
  /// MobileViT's: the short side 224 and the middle 256x256 with a border, bicubic, blue before red; never normalised.
  case mobilevit = "MobileViTImageProcessor"
  /// PoolFormer's: the short side `shortest_edge / crop_pct` and the middle 224x224, bicubic, ImageNet's mean and deviation.
  case poolformer = "PoolFormerImageProcessor"

  /// The one for a model whose files do not name one.
  init?(modelType: String) {
    switch modelType {
    case "vit", "swin", "swinv2": self = .vit
    case "deit": self = .deit
    case "dinov2": self = .bit
    case "clip": self = .clip
    case "siglip": self = .siglip
    case "vit_msn", "ijepa": self = .vit
    case "metaclip_2": self = .clip
    case "beit", "data2vec-vision": self = .beit
    case "siglip2": self = .siglip2
    case "convnext", "convnextv2": self = .convnext
    case "timm_wrapper": self = .timm
    default: return nil
    }
  }

  /// What such a processor does where its file says nothing.
  public var defaults: ImageProcessorConfig {
    let square = ImageSize.exact(height: 224, width: 224)
    switch self {
    case .vit: return ImageProcessorConfig()
    case .deit:
      return ImageProcessorConfig(
        size: .exact(height: 256, width: 256), resample: .bicubic, doCenterCrop: true, cropSize: square,
        type: self)
    case .bit, .clip:
      return ImageProcessorConfig(
        size: .shortestEdge(224, longestEdge: nil), resample: .bicubic, doCenterCrop: true, cropSize: square,
        imageMean: Self.clipMean, imageStd: Self.clipDeviation,
        doConvertRGB: true, type: self)
    case .siglip: return ImageProcessorConfig(resample: .bicubic, doConvertRGB: true, type: self)
    case .siglip2: return ImageProcessorConfig(size: .patches(patchSize: 16, maxNumPatches: 256), type: self)
    case .beit: return ImageProcessorConfig(resample: .bicubic, cropSize: square, type: self)
    case .blip:
      return ImageProcessorConfig(
        size: .exact(height: 384, width: 384), resample: .bicubic, imageMean: Self.clipMean,
        imageStd: Self.clipDeviation, doConvertRGB: true, type: self)
    case .convnext:
      return ImageProcessorConfig(
        size: .exact(height: 384, width: 384), resample: .bicubic, type: self)
    case .timm: return TIMMTransforms().config
    case .efficientnet, .levit, .mobilevit, .poolformer: return otherDefaults
    }
  }

  static let imageNetMean = [0.485, 0.456, 0.406]
  static let imageNetDeviation = [0.229, 0.224, 0.225]

  private static let clipMean = [0.48145466, 0.4578275, 0.40821073]
  private static let clipDeviation = [0.26862954, 0.26130258, 0.27577711]

  /// Whether a size that is one number means a square; else it is the short side.
  var defaultsToSquare: Bool {
    self == .vit || self == .deit || self == .beit || self == .blip || self == .efficientnet
  }
}
