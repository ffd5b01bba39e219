import Testing
@testable import ImageProcessor
