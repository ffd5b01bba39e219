import ModelHub
import TestSupport

extension MockHub {
  /// A client of this hub with a cache of its own, and no time to lose.
  var hub: ModelHub {
    var hub = ModelHub(endpoint: endpoint, cacheFolder: cacheFolder, token: "hf_secret")
    hub.retryDelay = .milliseconds(1)
    return hub
  }
}
