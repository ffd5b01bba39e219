// AIGuardDefaultModel
