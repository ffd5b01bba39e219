/// The image processor that a model's files ask for: the name that `transformers` has for whoever loads one without
/// saying which. There is one type for all of them; `config` tells them apart.
public typealias AutoImageProcessor = ViTImageProcessor
