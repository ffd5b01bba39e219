// AIGuardVision
