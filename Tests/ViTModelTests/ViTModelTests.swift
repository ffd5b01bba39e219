import Testing
@testable import ViTModel
