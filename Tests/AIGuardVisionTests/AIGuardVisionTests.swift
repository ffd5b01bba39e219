import Testing
@testable import AIGuardVision
