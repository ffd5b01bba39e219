"""State dicts of models that were saved from within another: DataParallel puts `module.` before all keys, torch.compile
`_orig_mod.`.

Run: python make.py   (torch 2.13.0 on the CPU, transformers 5.23.0, safetensors 0.8.0), after ../adapters/make.py

The model is that of ../adapters/vit/base, under the names on disk. transformers 5.23 does not read these files: it says
that all weights are missing, and makes new ones. `averaged.bin` is of torch.optim.swa_utils.AveragedModel, which has a
key without the prefix.
"""
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import oracle  # noqa: E402, F401  before transformers: it makes torchvision importable

import torch  # noqa: E402
from safetensors.torch import load_file, save_file  # noqa: E402

tensors = load_file(HERE.parent / "adapters" / "vit" / "base" / "model.safetensors")


class Tree(torch.nn.Module):
    """Modules whose state dict is `tensors`."""

    def __init__(self, values):
        super().__init__()
        for head in dict.fromkeys(key.split(".")[0] for key in values):
            if head in values:
                self.register_parameter(head, torch.nn.Parameter(values[head]))
            else:
                inner = {key[len(head) + 1:]: value for key, value in values.items() if key.startswith(head + ".")}
                self.add_module(head, Tree(inner))


model = Tree(tensors)
assert set(model.state_dict()) == set(tensors)
torch.save(torch.nn.DataParallel(model).state_dict(), HERE / "data-parallel.bin")
save_file(torch.compile(model).state_dict(), HERE / "compiled.safetensors")
torch.save(torch.compile(torch.nn.DataParallel(model)).state_dict(), HERE / "both.bin")
torch.save(torch.optim.swa_utils.AveragedModel(model).state_dict(), HERE / "averaged.bin")
for name in ("data-parallel.bin", "both.bin", "averaged.bin"):
    print(name, list(torch.load(HERE / name))[:2])
