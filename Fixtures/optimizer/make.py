"""Losses, schedules, ten steps of the Trainer, low-rank factors and initial distributions, by the reference.

Run: python make.py [PART ...]     (transformers 5.23.0, torch 2.13.0 on the CPU, accelerate 1.15.0, peft 0.21.2,
timm 1.0.31, NumPy 2.4.6)
Or: python make.py adapter FOLDER, to see whether PEFT takes an adapter of model/ that was written here, with the logits
of lora.safetensors.

- losses.json, losses.safetensors: for each case the logits, what they are compared with, and the loss with its gradient
  in float64, by PyTorch. Cases with `batches` are one update of several batches: the gradient of the whole.
- schedules.json: the factor of every step, by `get_scheduler`.
- model/: the tiny network of the steps. steps.safetensors, steps.json: ten updates by transformers' Trainer, of two or
  three batches each (`accumulated`), with warm-up, decay and clipping: for each the pixel values' range, the gradients
  before they are clipped (`gradient.STEP.KEY`), the weights after it (`weight.STEP.KEY`), rate, norm and loss; after the
  last the moments. `float64.KEY`: the weights after the same ten updates in float64. All flat, under the names on disk.
  `layerwise`: the same gradients through torch's AdamW with a rate of its own for each depth and a cosine schedule, and
  timm's ModelEmaV3 over that.
- lora.safetensors, lora.json: PEFT's gradients of the factors, and those of the merged weights. adapter/: the same
  factors as PEFT saves them.
- models.json: for tiny networks of every class, which parameters decay by the Trainer's rule, and what transformers
  draws each of them from.
- philox.json: words of NumPy's Philox, and the quantiles of Python's `statistics.NormalDist` at them.

What is not obvious about the reference:

- Image classifiers take `**kwargs`, so the Trainer counts the labels of all batches of an update and has each batch's sum
  divided by that: a mean over the update, also where the last batch is smaller. But SigLIP, CLIP, MetaCLIP 2 and BEiT do
  not pass the count on, and the loss for several labels takes no notice of it: there the Trainer adds up the means of the
  batches and does not divide by their number. timm's models say that they take no such argument: the mean of means.
  With label smoothing the Trainer's own smoother is used, which has the count.
- `warmup_steps` below 1 is a share, rounded up.
- Weight decay passes over what has `bias` in its name, BEiT's table of relative positions too. It applies to class and
  distillation tokens, registers, positions and layer scale.
- torch's fused AdamW on the CPU and its loop differ in the last bits; the Trainer takes the fused one.
- DeiT's and ViTMSN's tokens and positions begin at 0, DINOv2's registers too.
- `trunc_normal_` cuts at -2 and 2 absolutely, LeCun's initialisation of transformers too.
"""
import json
import math
import statistics
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import oracle  # noqa: E402  before transformers: it makes torchvision importable

import numpy as np  # noqa: E402
import torch  # noqa: E402
import torch.nn.functional as F  # noqa: E402
import transformers  # noqa: E402
from safetensors.torch import load_file, save_file  # noqa: E402
from transformers import Trainer, TrainingArguments, get_scheduler  # noqa: E402
from transformers.trainer_pt_utils import get_parameter_names  # noqa: E402

torch.set_num_threads(1)
transformers.utils.logging.disable_progress_bar()
transformers.utils.logging.set_verbosity_error()
FORBIDDEN = [r"bias", r"layernorm", r"rmsnorm", r"(?:^|\.)norm(?:$|\.)", r"_norm(?:$|\.)"]


# MARK: Losses

def losses():
    random = np.random.Generator(np.random.PCG64(1))
    tensors, cases = {}, []

    def case(name, images, classes, scale=3.0, hard=True, smoothing=0.0, weights=False, binary=False, positive=False,
             temperature=None, share=0.0, batches=None):
        logits = torch.tensor(random.standard_normal((images, classes)) * scale).float()
        labels = torch.tensor(random.integers(0, max(classes, 2), images))
        shares = torch.tensor(random.dirichlet([0.4] * classes, images) if not binary
                              else random.random((images, classes))).float()
        weight = torch.tensor(random.random(classes) + 0.2).float() if weights else None
        pos = torch.tensor(random.random(classes) * 3).float() if positive else None
        teacher = torch.tensor(random.standard_normal((images, classes)) * 2).float()
        x = logits.double().requires_grad_()
        w = None if weight is None else weight.double()
        if binary:
            target = shares.double()
            if hard:
                target = labels.double()[:, None] if classes == 1 else F.one_hot(labels, classes).double()
            loss = F.binary_cross_entropy_with_logits(
                x, target, weight=w, pos_weight=None if pos is None else pos.double())
        else:
            loss = F.cross_entropy(x, labels if hard else shares.double(), weight=w, label_smoothing=smoothing)
        if temperature is not None:
            kl = F.kl_div(F.log_softmax(x / temperature, -1), F.log_softmax(teacher.double() / temperature, -1),
                          reduction="batchmean", log_target=True)
            loss = (1 - share) * loss + share * temperature ** 2 * kl
            tensors[f"{name}.teacher"] = teacher
        loss.backward()
        tensors[f"{name}.logits"] = logits
        tensors[f"{name}.gradient"] = x.grad
        if weight is not None:
            tensors[f"{name}.weights"] = weight
        if pos is not None:
            tensors[f"{name}.positiveWeights"] = pos
        if not hard:
            tensors[f"{name}.shares"] = shares
        cases.append(dict(name=name, images=images, classes=classes, labels=labels.tolist() if hard else None,
                          smoothing=smoothing, binary=binary, temperature=temperature, share=share,
                          loss=loss.item(), batches=batches or [images]))

    case("two", 5, 2)
    case("ten", 7, 10, batches=[3, 3, 1])
    case("large", 4, 3, scale=300)
    case("smoothed", 6, 5, smoothing=0.1, batches=[4, 2])
    case("smoothed-weighted", 6, 4, smoothing=0.2, weights=True, batches=[2, 2, 2])
    case("weighted", 6, 3, weights=True, batches=[5, 1])
    case("soft", 5, 4, hard=False, batches=[2, 3])
    case("soft-weighted-smoothed", 5, 4, hard=False, weights=True, smoothing=0.3)
    case("binary-one", 6, 1, binary=True, batches=[4, 2])
    case("binary-one-positive", 6, 1, binary=True, positive=True)
    case("binary-many", 5, 4, binary=True, hard=False, batches=[3, 2])
    case("binary-many-weighted", 5, 4, binary=True, hard=False, weights=True, positive=True, scale=40)
    case("binary-one-hot", 5, 3, binary=True)
    case("distilled", 5, 4, temperature=2.0, share=0.7, smoothing=0.1, batches=[4, 1])
    case("distilled-alone", 5, 2, temperature=0.5, share=1.0)
    case("distilled-soft", 4, 6, temperature=4.0, share=0.25, hard=False, weights=True)
    # The Trainer's own smoother has the same formula as PyTorch's.
    from transformers.trainer_pt_utils import LabelSmoother
    smoothed = next(item for item in cases if item["name"] == "smoothed")
    own = LabelSmoother(epsilon=0.1)({"logits": tensors["smoothed.logits"].double()}, torch.tensor(smoothed["labels"]))
    assert abs(own.item() - smoothed["loss"]) < 1e-7, (own, smoothed["loss"])
    save_file(tensors, HERE / "losses.safetensors")
    oracle.write_json(HERE / "losses.json", {"versions": oracle.versions("torch", "transformers"), "cases": cases})


# MARK: Schedules

def schedules():
    cases = []
    for name, shape, minimum in [("linear", "linear", 0.0), ("constant_with_warmup", "constant", 0.0),
                                 ("cosine", "cosine", 0.0), ("cosine_with_min_lr", "cosine", 0.1)]:
        for steps, warm_up in [(10, 0), (10, 0.25), (7, 3), (12, 0.5), (1, 0), (5, 5), (4, 9), (100, 0.999), (11, 2.9)]:
            arguments = TrainingArguments(output_dir="unused", warmup_steps=warm_up, use_cpu=True, report_to=[])
            optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=2e-3)
            scheduler = get_scheduler(
                name, optimizer, num_warmup_steps=arguments.get_warmup_steps(steps), num_training_steps=steps,
                scheduler_specific_kwargs={"min_lr_rate": minimum} if minimum else {})
            rates = []
            for _ in range(steps + 2):
                rates.append(optimizer.param_groups[0]["lr"])
                optimizer.step()
                scheduler.step()
            cases.append(dict(shape=shape, minimum=minimum, steps=steps, warmUp=warm_up,
                              warmUpSteps=arguments.get_warmup_steps(steps), rates=rates))
    lengths = []
    for batches, accumulation, epochs in [(10, 3, 2.5), (10, 1, 3), (9, 3, 1), (1, 4, 2), (7, 4, 0.3), (1000, 7, 1.1)]:
        updates = max(batches // accumulation + int(batches % accumulation > 0), 1)
        lengths.append([batches, accumulation, epochs, math.ceil(epochs * updates)])
    oracle.write_json(HERE / "schedules.json", {
        "versions": oracle.versions("torch", "transformers"), "learningRate": 2e-3, "cases": cases,
        "lengths": lengths})


# MARK: Steps

CONFIG = dict(hidden_size=8, num_hidden_layers=2, num_attention_heads=2, intermediate_size=12, image_size=8,
              patch_size=4, num_labels=3, initializer_range=0.4)
SETTINGS = dict(learning_rate=4e-3, weight_decay=0.05, max_grad_norm=1.0, warmup_steps=0.15, label_smoothing_factor=0.0)
BATCH, ACCUMULATION, IMAGES, EPOCHS = 2, 3, 19, 2.5


def disk_names(model):
    """The names that parameters have on disk, for a network whose tensors are whole there too."""
    with tempfile.TemporaryDirectory() as folder:
        saved = [value.detach().clone() for value in model.parameters()]
        with torch.no_grad():
            for index, value in enumerate(model.parameters()):
                value.fill_(index + 1)
        model.save_pretrained(folder)
        with torch.no_grad():
            for value, old in zip(model.parameters(), saved):
                value.copy_(old)
        names = [name for name, _ in model.named_parameters()]
        result = {}
        for key, value in load_file(Path(folder) / "model.safetensors").items():
            for index in sorted({int(v) for v in value.flatten().tolist()}):
                result.setdefault(names[index - 1], []).append(key)
        assert all(len(result[name]) == 1 for name in names), [n for n in names if len(result.get(n, [])) != 1]
        return {name: keys[0] for name, keys in result.items()}


class Recorder(Trainer):
    """Keeps what each update has."""

    def _get_train_sampler(self, *arguments, **options):
        return torch.utils.data.SequentialSampler(self.train_dataset)

    def _clip_grad_norm(self, model):
        self.gradients.append({n: p.grad.detach().clone() for n, p in model.named_parameters() if p.grad is not None})
        return super()._clip_grad_norm(model)

    def training_step(self, model, inputs, count=None):
        loss = super().training_step(model, inputs, count)
        self.losses.append(loss.item())
        return loss


def tiny(seed):
    torch.manual_seed(seed)
    model = transformers.ViTForImageClassification(transformers.ViTConfig(**CONFIG))
    random = np.random.Generator(np.random.PCG64(seed))
    for name, parameter in sorted(model.named_parameters()):
        if name.endswith("bias") or "norm" in name:
            parameter.data += torch.tensor(random.standard_normal(parameter.shape) * 0.1, dtype=torch.float32)
    return model


def trainer(model, dataset, folder):
    arguments = TrainingArguments(
        output_dir=folder, use_cpu=True, report_to=[], save_strategy="no", logging_strategy="steps", logging_steps=1,
        disable_tqdm=True, per_device_train_batch_size=BATCH, gradient_accumulation_steps=ACCUMULATION,
        num_train_epochs=EPOCHS, **SETTINGS)
    recorder = Recorder(model=model, args=arguments, train_dataset=dataset)
    recorder.gradients, recorder.losses, recorder.weights = [], [], []

    class Keep(transformers.TrainerCallback):
        def on_step_end(self, *arguments, **options):
            recorder.weights.append({n: p.detach().clone() for n, p in recorder.model.named_parameters()})

    recorder.add_callback(Keep())
    recorder.train()
    return recorder


def flat(tensors, names, prefix=""):
    """All under their names on disk, in the order of those, as one tensor."""
    return torch.cat([tensors[name].flatten() for name in sorted(tensors, key=lambda name: names[name])])


def steps():
    random = np.random.Generator(np.random.PCG64(2))
    pixels = torch.tensor(random.standard_normal((IMAGES, 3, 8, 8)), dtype=torch.float32)
    labels = random.integers(0, 3, IMAGES).tolist()
    model = tiny(3)
    model.save_pretrained(HERE / "model")
    names = disk_names(model)
    order = sorted(names, key=lambda name: names[name])
    with tempfile.TemporaryDirectory() as folder:
        run = trainer(model, [dict(pixel_values=p, labels=l) for p, l in zip(pixels, labels)], folder)
        other = tiny(3).double()
        exact = trainer(other, [dict(pixel_values=p.double(), labels=l) for p, l in zip(pixels, labels)], folder)
    logs = [entry for entry in run.state.log_history if "grad_norm" in entry]
    assert len(logs) == len(run.weights) == len(run.gradients) == 10
    tensors = {"pixel_values": pixels}
    for step in range(10):
        tensors[f"gradient.{step}"] = flat(run.gradients[step], names)
        tensors[f"weight.{step}"] = flat(run.weights[step], names)
    state = run.optimizer.optimizer.state if hasattr(run.optimizer, "optimizer") else run.optimizer.state
    moments = {n: state[p] for n, p in run.model.named_parameters()}
    tensors["exp_avg"] = flat({n: value["exp_avg"] for n, value in moments.items()}, names)
    tensors["exp_avg_sq"] = flat({n: value["exp_avg_sq"] for n, value in moments.items()}, names)
    tensors["float64.weight"] = flat(exact.weights[-1], names)
    tensors["start"] = flat({n: p.detach() for n, p in tiny(3).named_parameters()}, names)
    per_epoch = math.ceil(IMAGES / BATCH)
    accumulated = [min(ACCUMULATION, per_epoch - first) for first in range(0, per_epoch, ACCUMULATION)]
    manifest = dict(
        versions=oracle.versions("torch", "transformers", "accelerate", "timm"), settings=SETTINGS, batch=BATCH,
        accumulation=ACCUMULATION, epochs=EPOCHS, labels=labels, accumulated=accumulated,
        optimizer=str(run.args.optim),
        parameters=[dict(name=names[n], shape=list(dict(model.named_parameters())[n].shape)) for n in order],
        rates=[entry["learning_rate"] for entry in logs], norms=[entry["grad_norm"] for entry in logs],
        losses=run.losses, losses64=exact.losses)
    layerwise(tensors, manifest, run.gradients, names)
    save_file(tensors, HERE / "steps.safetensors")
    oracle.write_json(HERE / "steps.json", manifest)


def depth(name):
    if "embeddings" in name:
        return 0
    return int(name.split(".")[2]) + 1 if name.startswith("vit.layers.") else 3


def layerwise(tensors, manifest, gradients, names):
    """The same gradients with a rate for each depth, by the rule of BEiT, and timm's average."""
    from timm.utils import ModelEmaV3

    settings = dict(learningRate=2e-3, weightDecay=0.1, layerDecay=0.7, beta1=0.8, beta2=0.95, epsilon=1e-6,
                    minimum=0.2, averageDecay=0.9)
    model = tiny(3)
    average = ModelEmaV3(model, decay=settings["averageDecay"], foreach=False)
    decayed = set(get_parameter_names(model, [torch.nn.LayerNorm], FORBIDDEN))
    groups = [dict(params=[p], lr=settings["learningRate"] * settings["layerDecay"] ** (3 - depth(n)),
                   weight_decay=settings["weightDecay"] if n in decayed else 0.0) for n, p in model.named_parameters()]
    optimizer = torch.optim.AdamW(groups, betas=(settings["beta1"], settings["beta2"]), eps=settings["epsilon"],
                                  fused=True)
    scheduler = get_scheduler("cosine_with_min_lr", optimizer, num_warmup_steps=0, num_training_steps=10,
                              scheduler_specific_kwargs={"min_lr_rate": settings["minimum"]})
    for gradient in gradients:
        for name, parameter in model.named_parameters():
            parameter.grad = gradient[name].clone()
        optimizer.step()
        scheduler.step()
        average.update(model)
    tensors["layerwise.weight"] = flat({n: p.detach() for n, p in model.named_parameters()}, names)
    tensors["layerwise.average"] = flat({n: p.detach() for n, p in average.module.named_parameters()}, names)
    manifest["layerwise"] = settings


# MARK: LoRA

def lora():
    from peft import LoraConfig, get_peft_model

    random = np.random.Generator(np.random.PCG64(4))
    model = tiny(3).double()
    start = {n: p.detach().clone() for n, p in model.named_parameters()}
    adapted = get_peft_model(model, LoraConfig(
        r=3, lora_alpha=5, target_modules=["q_proj", "v_proj", "fc1", "fc2"], modules_to_save=["classifier"]))
    for name, parameter in sorted(adapted.named_parameters()):
        if "lora_" in name:
            values = (random.standard_normal(parameter.shape) * 0.3).astype(np.float32)
            parameter.data = torch.tensor(values, dtype=torch.float64)
    pixels = torch.tensor(random.standard_normal((4, 3, 8, 8)), dtype=torch.float32)
    labels = torch.tensor(random.integers(0, 3, 4))
    adapted(pixel_values=pixels.double(), labels=labels).loss.backward()
    tensors, modules, logits = {"pixel_values": pixels}, [], adapted(pixel_values=pixels.double()).logits.detach()
    for name, parameter in adapted.named_parameters():
        if "lora_" in name:
            key = name.removeprefix("base_model.model.").replace(".default", "")
            tensors[key] = parameter.detach().float()
            tensors["gradient." + key] = parameter.grad
            modules.append(key)
    tensors["logits"] = logits
    adapted.float().save_pretrained(HERE / "adapter")
    (HERE / "adapter" / "README.md").unlink()
    merged = tiny(3).double()
    for name, parameter in merged.named_parameters():
        parameter.data = start[name].clone()
        module = name.removesuffix(".weight")
        if module + ".lora_A.weight" in tensors:
            parameter.data += 5 / 3 * tensors[module + ".lora_B.weight"].double() @ tensors[
                module + ".lora_A.weight"].double()
    merged(pixel_values=pixels.double(), labels=labels).loss.backward()
    names = disk_names(merged)
    for name, parameter in merged.named_parameters():
        tensors["weight-gradient." + names[name]] = parameter.grad
    save_file({key: value.contiguous() for key, value in tensors.items()}, HERE / "lora.safetensors")
    oracle.write_json(HERE / "lora.json", dict(
        versions=oracle.versions("torch", "transformers", "peft"), rank=3, alpha=5, labels=labels.tolist(),
        targets=["q_proj", "v_proj", "fc1", "fc2"], names={n.removesuffix(".weight"): names[n] for n in names
                                                         if n.endswith(".weight")}))


# MARK: Models

SMALL = dict(hidden_size=8, num_hidden_layers=3, num_attention_heads=2, image_size=8, patch_size=4,
             initializer_range=0.03)


def towers(kind, **options):
    text = dict(hidden_size=8, num_hidden_layers=1, num_attention_heads=2, intermediate_size=8, vocab_size=8,
                max_position_embeddings=4, bos_token_id=0, eos_token_id=1)
    return kind(vision_config=dict(SMALL, intermediate_size=12, **options), text_config=text, num_labels=2)


def configurations():
    mlp = dict(SMALL, intermediate_size=12, num_labels=2)
    yield "ViTForImageClassification", transformers.ViTConfig(**mlp)
    yield "DeiTForImageClassification", transformers.DeiTConfig(**mlp)
    yield "DeiTForImageClassificationWithTeacher", transformers.DeiTConfig(**mlp)
    yield "Dinov2ForImageClassification", transformers.Dinov2Config(**SMALL, mlp_ratio=2, layerscale_value=0.25)
    yield "Dinov2ForImageClassification", transformers.Dinov2Config(**SMALL, mlp_ratio=2, use_swiglu_ffn=True)
    yield "Dinov2WithRegistersForImageClassification", transformers.Dinov2WithRegistersConfig(
        **SMALL, mlp_ratio=2, num_register_tokens=2, layerscale_value=0.5)
    siglip = towers(transformers.SiglipConfig)
    siglip.initializer_factor = 2.0
    yield "SiglipForImageClassification", siglip
    clip = towers(transformers.CLIPConfig, initializer_factor=0.5)
    clip.initializer_factor = 2.0
    yield "CLIPForImageClassification", clip
    yield "MetaClip2ForImageClassification", towers(transformers.MetaClip2Config)
    yield "ViTMSNForImageClassification", transformers.ViTMSNConfig(**mlp)
    yield "IJepaForImageClassification", transformers.IJepaConfig(**mlp)
    yield "TimmWrapperForImageClassification", transformers.TimmWrapperConfig(
        architecture="vit_tiny_patch16_224", num_labels=2, initializer_range=0.03,
        model_args=dict(img_size=32, depth=2, embed_dim=12, num_heads=3, init_values=1e-3),
        pretrained_cfg=dict(input_size=[3, 32, 32], mean=[0.5] * 3, std=[0.5] * 3, interpolation="bicubic",
                            crop_pct=0.9))


def recorded(make):
    """A model, and for each of its tensors the last that an initialisation did to it."""
    calls = {}
    functions = transformers.initialization.TORCH_INIT_FUNCTIONS
    originals = dict(functions)

    def wrap(name, function):
        def call(tensor, *arguments, **options):
            description = describe(name, tensor, *arguments, **options)
            result = function(tensor, *arguments, **options)
            calls[tensor.data_ptr()] = description
            return result
        return call

    for name, function in originals.items():
        functions[name] = wrap(name, function)
    saved = {}
    for module in transformers.initialization.TORCH_MODULES_TO_PATCH:
        if module in sys.modules:
            for name in originals:
                if hasattr(sys.modules[module], name):
                    saved[module, name] = getattr(sys.modules[module], name)
                    setattr(sys.modules[module], name, functions[name])
    try:
        return make(), calls
    finally:
        functions.update(originals)
        for (module, name), function in saved.items():
            setattr(sys.modules[module], name, function)


def describe(name, tensor, *arguments, **options):
    def option(key, index, default):
        return options.get(key, arguments[index] if len(arguments) > index else default)

    if name == "zeros_":
        return ["constant", 0]
    if name == "ones_":
        return ["constant", 1]
    if name == "constant_":
        return ["constant", option("val", 0, None)]
    if name == "normal_":
        assert option("mean", 0, 0) == 0
        return ["normal", float(option("std", 1, 1))]
    if name == "trunc_normal_":
        assert option("mean", 0, 0) == 0 and (option("a", 2, -2), option("b", 3, 2)) == (-2, 2)
        return ["truncatedNormal", float(option("std", 1, 1))]
    if name == "uniform_":
        assert option("a", 0, 0) == -option("b", 1, 1)
        return ["uniform", float(option("b", 1, 1))]
    if name == "xavier_uniform_":
        fan_in, fan_out = torch.nn.init._calculate_fan_in_and_fan_out(tensor)
        return ["uniform", math.sqrt(6 / (fan_in + fan_out))]
    return [name, None]


def models():
    result = []
    for class_name, config in configurations():
        model, calls = recorded(lambda: getattr(transformers, class_name)(config))
        decayed = set(get_parameter_names(model, [torch.nn.LayerNorm], FORBIDDEN))
        parameters = {}
        with tempfile.TemporaryDirectory() as folder:
            named = list(model.named_parameters())
            entries = {name: dict(decays=name in decayed, initial=calls.get(value.data_ptr())) for name, value in named}
            with torch.no_grad():
                for index, (_, value) in enumerate(named):
                    value.fill_(index + 1)
            model.save_pretrained(folder)
            saved = json.loads((Path(folder) / "config.json").read_text())
            for key, value in sorted(load_file(Path(folder) / "model.safetensors").items()):
                parts = [named[int(v) - 1][0] for v in sorted(set(value.flatten().tolist()))]
                assert len({json.dumps(entries[part]) for part in parts}) == 1, parts
                parameters[key] = dict(entries[parts[0]], modules=parts)
        result.append(dict(className=class_name, config=saved, parameters=parameters))
    lines = ",\n".join(json.dumps(entry) for entry in result)
    (HERE / "models.json").write_text(
        f'{{"versions": {json.dumps(oracle.versions("torch", "transformers", "timm"))}, "models": [\n{lines}\n]}}\n')


# MARK: The generator

def philox():
    cases = []
    for seed, name in [(0, ""), (1, "vit.embeddings.cls_token"), (2**64 - 1, "\u00e9")]:
        stream = 0xCBF29CE484222325
        for byte in name.encode():
            stream = (stream ^ byte) * 0x100000001B3 % 2**64
        # NumPy counts up before it makes the four words of a counter.
        generator = np.random.Philox(key=np.array([seed, stream], np.uint64), counter=np.array([2**64 - 1] * 4, np.uint64))
        words = [int(word) for word in generator.random_raw(12)]
        later = np.random.Philox(key=np.array([seed, stream], np.uint64), counter=np.array([6, 3, 0, 0], np.uint64))
        uniform = [((word >> 11) + 0.5) * 2.0**-53 for word in words]
        cases.append(dict(seed=str(seed), stream=name, words=[str(word) for word in words],
                          later=[str(int(word)) for word in later.random_raw(4)],
                          normals=[statistics.NormalDist().inv_cdf(value) for value in uniform]))
    points = [2.0**-54, 1e-12, 1e-7, 0.001, 0.0749, 0.0751, 0.3, 0.5, 0.5 + 2.0**-52, 0.7, 0.9251, 0.999, 1 - 2.0**-53]
    oracle.write_json(HERE / "philox.json", {
        "versions": oracle.versions("numpy"), "cases": cases,
        "quantiles": [[point, statistics.NormalDist().inv_cdf(point)] for point in points]})


def check_adapter(folder):
    from peft import PeftModel

    model = PeftModel.from_pretrained(transformers.ViTForImageClassification.from_pretrained(HERE / "model"), folder)
    golden = load_file(HERE / "lora.safetensors")
    with torch.no_grad():
        logits = model.eval()(pixel_values=golden["pixel_values"]).logits
    worst = (logits - golden["logits"]).abs().max().item()
    print(f"logits differ by {worst:.2e} at most")
    assert worst < 1e-5


PARTS = dict(losses=losses, schedules=schedules, steps=steps, lora=lora, models=models, philox=philox)

if __name__ == "__main__":
    if sys.argv[1:2] == ["adapter"]:
        check_adapter(sys.argv[2])
    else:
        for part in sys.argv[1:] or PARTS:
            PARTS[part]()
