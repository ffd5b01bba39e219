// ViTModel
