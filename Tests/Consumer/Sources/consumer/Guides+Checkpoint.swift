// What Docs/PublicAPI.md does with weights, which have a product of their own.

import Checkpoint

// A model as safetensors, with its configuration. (import Checkpoint)
func convert(_ folder: String, to output: String) throws {
  try ModelWeights(contentsOfFolder: folder).save(
    toFolder: output, files: ModelFolder(folder).configurationFiles(dtype: nil))
}
