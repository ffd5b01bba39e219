"""Does what one side writes work for the other? Runs transformers, huggingface_hub and aiguard against each other.

    python check.py ../../.build/release/aiguard

1. The cache, both ways: a Hub on the loopback interface serves a model. Python downloads it and aiguard uses it without
   a network, then the other way round, then each completes what the other began.
2. Weights, both ways: models that transformers saves give the same logits in aiguard; what `aiguard convert` writes of
   them, in one file and in several, from safetensors and from pytorch_model.bin, gives the same logits in transformers.

It prints a line for each check and ends with 1 where one fails. transformers 5.23.0, huggingface_hub 2.4.0, torch 2.13.0.
"""
import hashlib
import http.server
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import oracle  # noqa: E402

COMMIT = "0123456789abcdef0123456789abcdef01234567"
PHOTO = HERE.parent / "photos" / "chelsea.jpg"
failures = 0


def check(name, holds, detail=""):
    global failures
    failures += not holds
    print(("ok    " if holds else "FAIL  ") + name, detail, flush=True)


class Hub(http.server.BaseHTTPRequestHandler):
    """A Hub with one model, whose weights are at another origin."""
    protocol_version = "HTTP/1.1"
    folder = None

    def log_message(self, *arguments):
        pass

    def reply(self, status, headers, body=b""):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_GET(self):
        parts = self.path.split("?")[0].strip("/").split("/")
        if parts[:2] == ["api", "models"]:
            files = [{"rfilename": path.name} for path in self.folder.iterdir()]
            return self.reply(200, {"Content-Type": "application/json"},
                              json.dumps({"id": "org/model", "sha": COMMIT, "siblings": files}).encode())
        path = self.folder / parts[-1]
        if not path.is_file():
            return self.reply(404, {"X-Repo-Commit": COMMIT, "X-Error-Code": "EntryNotFound"})
        content = path.read_bytes()
        if parts[0] == "cdn":
            return self.reply(200, {"ETag": '"cdn"'}, content)
        if path.suffix in (".safetensors", ".bin"):
            return self.reply(302, {
                "X-Repo-Commit": COMMIT, "X-Linked-Etag": f'"{hashlib.sha256(content).hexdigest()}"',
                "X-Linked-Size": str(len(content)), "ETag": '"pointer"',
                "Location": f"http://localhost:{self.server.server_port}/cdn/{path.name}"})
        etag = hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
        return self.reply(200, {"X-Repo-Commit": COMMIT, "ETag": f'"{etag}"', "Content-Type": "text/plain"}, content)

    do_HEAD = do_GET


PYTHON = f"""
import sys
sys.path.insert(0, {str(HERE.parent)!r})
import oracle, torch, transformers
from PIL import Image
from transformers import AutoImageProcessor, AutoModelForImageClassification
transformers.logging.set_verbosity_error()
transformers.utils.logging.disable_progress_bar()
name = sys.argv[1]
processor = AutoImageProcessor.from_pretrained(name, backend="pil")
model = AutoModelForImageClassification.from_pretrained(name, dtype=torch.float32).eval()
pixels = processor(Image.open({str(PHOTO)!r}).convert("RGB"), return_tensors="pt")["pixel_values"]
with torch.no_grad():
    print("logits", *model(pixel_values=pixels).logits[0].tolist())
"""


def python_logits(name, **environment):
    done = subprocess.run([sys.executable, "-c", PYTHON, str(name)], capture_output=True, text=True,
                          env={**os.environ, **environment})
    lines = [line for line in done.stdout.splitlines() if line.startswith("logits ")]
    if not lines:
        return done.stderr.strip().splitlines()[-1:] or ["no output"]
    return [float(number) for number in lines[0].split()[1:]]


def aiguard_logits(name, **environment):
    done = subprocess.run([AIGUARD, "classify", str(PHOTO), "--json", "--top-k", "1000", "--function-to-apply", "none",
                           "--model", str(name)], capture_output=True, text=True, env={**os.environ, **environment})
    if done.returncode:
        return [done.stderr.strip()]
    predictions = json.loads(done.stdout)["predictions"]
    return sorted(prediction["logit"] for prediction in predictions)


def distance(a, b):
    """The largest difference; infinite where there is nothing to compare."""
    if any(isinstance(value, str) for value in a + b) or len(a) != len(b):
        return float("inf")
    return max(abs(x - y) for x, y in zip(sorted(a), sorted(b)))


def compare(name, a, b, tolerance):
    found = distance(a, b)
    check(name, found <= tolerance, f"{found:.1e}" if found < float("inf") else f"{a} {b}")


def with_processor(source, folder):
    """A tiny model with an image processor of its size."""
    shutil.copytree(source, folder, ignore=shutil.ignore_patterns("golden*", "in-memory*"))
    config = json.loads((folder / "config.json").read_text())
    side = config.get("vision_config", config)["image_size"]
    (folder / "preprocessor_config.json").write_text(json.dumps({
        "image_processor_type": "ViTImageProcessor", "size": {"height": side, "width": side}, "resample": 3}))
    return folder


def cache_checks(work):
    Hub.folder = with_processor(HERE.parent / "vit-tiny/five-heads", work / "served")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    online = {"HF_ENDPOINT": f"http://127.0.0.1:{server.server_port}", "HF_HUB_DISABLE_TELEMETRY": "1",
              "HF_TOKEN": "hf_for_the_loopback_interface"}
    offline = {"HF_HUB_OFFLINE": "1", "HF_ENDPOINT": "http://127.0.0.1:9"}

    def both(home):
        return ({**online, "HF_HOME": str(home)}, {**offline, "HF_HOME": str(home)})

    on, off = both(work / "from-python")
    expected = python_logits("org/model", **on)
    compare("Python downloads, aiguard uses it offline", expected, aiguard_logits("org/model", **off), 1e-5)
    on, off = both(work / "from-aiguard")
    compare("aiguard downloads", expected, aiguard_logits("org/model", **on), 1e-5)
    compare("aiguard downloaded, Python uses it offline", expected, python_logits("org/model", **off), 1e-6)
    compare("aiguard downloaded, Python finds nothing new", expected, python_logits("org/model", **on), 1e-6)

    a, b = (sorted(str(path.relative_to(work / name)) for path in (work / name).rglob("*"))
            for name in ("from-python", "from-aiguard"))
    extra = {"hub/.locks", "hub/CACHEDIR.TAG"}
    a, b = ({path for path in paths if not any(path.startswith(e) for e in extra)} for paths in (a, b))
    check("both caches have the same files", a == b, str(sorted(a ^ b)))

    for first, second, name in [(python_logits, aiguard_logits, "aiguard"), (aiguard_logits, python_logits, "Python")]:
        home = work / f"completed-by-{name}"
        on, off = both(home)
        first("org/model", **on)
        for path in home.rglob("model.safetensors"):
            path.unlink()
        for path in home.rglob("blobs/" + "?" * 64):
            path.unlink()
        compare(f"{name} completes what the other began", expected, second("org/model", **on), 1e-5)
        compare("and the first side uses it offline", expected, first("org/model", **off), 1e-5)
    server.shutdown()


def weight_checks(work):
    import torch
    from safetensors.torch import load_file

    models = ["vit-tiny/plain", "vit-tiny/five-heads"] + [
        f"architectures/{name}" for name in (
            "deit", "deit-with-teacher", "dinov2", "dinov2-swiglu", "dinov2-with-registers", "siglip", "clip")]
    for model in models:
        name = model.split("/")[1]
        folder = with_processor(HERE.parent / model, work / f"saved-{name}")
        expected = python_logits(folder)
        compare(f"{name}: aiguard computes what transformers does", expected, aiguard_logits(folder), 2e-5)
        for arguments, tolerance in [([], 1e-6), (["--max-shard-size", "20KB"], 1e-6),
                                     (["--dtype", "float64"], 1e-6), (["--dtype", "bfloat16"], 0.1)]:
            out = work / f"converted-{name}{''.join(arguments)}"
            subprocess.run([AIGUARD, "convert", str(folder), str(out), *arguments], check=True)
            compare(f"{name}: transformers loads what convert {' '.join(arguments)} wrote", expected,
                    python_logits(out), tolerance)
        for form in (True, False):
            binary = work / f"binary-{name}-{form}"
            shutil.copytree(folder, binary)
            torch.save(load_file(folder / "model.safetensors"), binary / "pytorch_model.bin",
                       _use_new_zipfile_serialization=form)
            (binary / "model.safetensors").unlink()
            compare(f"{name}: aiguard reads pytorch_model.bin ({'ZIP' if form else 'legacy'})", expected,
                    aiguard_logits(binary), 2e-5)
            out = work / f"from-binary-{name}-{form}"
            subprocess.run([AIGUARD, "convert", str(binary), str(out)], check=True)
            check(f"{name}: convert gives transformers' own file",
                  (out / "model.safetensors").read_bytes() == (folder / "model.safetensors").read_bytes())


if __name__ == "__main__":
    AIGUARD = str(Path(sys.argv[1]).resolve())
    print(oracle.versions("transformers", "huggingface_hub", "torch", "safetensors"))
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "cache").mkdir()
        (Path(folder) / "weights").mkdir()
        cache_checks(Path(folder) / "cache")
        weight_checks(Path(folder) / "weights")
    print(f"{failures} failures")
    sys.exit(failures > 0)
