"""Real clients against a running server: usage: clients.py BASE AIGUARD IMAGE...

Logits that come over HTTP have to be those of `aiguard classify --json` to the last bit.
"""
import base64
import json
import subprocess
import sys
import tempfile
import urllib.request

import numpy as np
import tritonclient.http
from huggingface_hub import InferenceClient
from openapi_spec_validator import validate
from prometheus_client.parser import text_string_to_metric_families

base, tool, *images = sys.argv[1:]
host = base.removeprefix("http://")
model = "builtin:photo"
passed = 0


def check(what, truth):
    global passed
    if not truth:
        sys.exit(f"FAILED: {what}")
    passed += 1


expected = {}
lines = subprocess.run(
    [tool, "classify", "--json", "--policy", "pipeline", *images], capture_output=True, text=True, check=True
).stdout.splitlines()
for image, line in zip(images, lines):
    expected[image] = {p["label"]: (np.float32(p["logit"]), np.float32(p["score"])) for p in json.loads(line)["predictions"]}

with urllib.request.urlopen(f"{base}/v1/models") as answer:
    labels = next(m["labels"] for m in json.load(answer)["models"] if m["name"] == model)
data = [open(image, "rb").read() for image in images]

# tritonclient: metadata, binary tensors both ways, JSON outputs, classifications, errors.
triton = tritonclient.http.InferenceServerClient(host)
check("live and ready", triton.is_server_live() and triton.is_server_ready() and triton.is_model_ready(model))
check("an unknown model is not ready", not triton.is_model_ready("nobody"))
check("metadata", [i["name"] for i in triton.get_model_metadata(model)["inputs"]] == ["image", "pixel_values"])
tensor = tritonclient.http.InferInput("image", [len(data)], "BYTES")
tensor.set_data_from_numpy(np.array(data, dtype=np.object_))
wanted = np.array([[expected[i][label][0] for label in labels] for i in images], np.float32)
for outputs in [None, [tritonclient.http.InferRequestedOutput("logits", binary_data=False)]]:
    answer = triton.infer(model, [tensor], outputs=outputs, request_id="7")
    check("the id comes back", answer.get_response()["id"] == "7")
    check("logits are the tool's", np.array_equal(answer.as_numpy("logits"), wanted))
answer = triton.infer(model, [tensor], outputs=[tritonclient.http.InferRequestedOutput("scores", class_count=1)])
best = [max(expected[i], key=lambda label: expected[i][label][1]) for i in images]
check("classes", [c[0].decode().split(":")[2] for c in answer.as_numpy("scores")] == best)
pixels = tritonclient.http.InferInput("pixel_values", [1, 3, 224, 224], "FP32")
pixels.set_data_from_numpy(np.zeros([1, 3, 224, 224], np.float32))
check("pixel values", triton.infer(model, [pixels]).as_numpy("logits").shape == (1, len(labels)))
try:
    triton.infer("nobody", [tensor])
    check("an unknown model is an error", False)
except tritonclient.http.InferenceServerException as error:
    check("errors have a text and a status", "no-such-model" in error.message() and error.status() == "404")

# huggingface_hub: raw bytes, and base64 with parameters.
client = InferenceClient(model=f"{base}/models/{model}")
for image, contents in zip(images, data):
    for options in [{}, {"top_k": 2, "function_to_apply": "softmax"}]:
        answer = client.image_classification(contents, **options)
        check("scores are the tool's", {a.label: np.float32(a.score) for a in answer} == {k: v[1] for k, v in expected[image].items()})
try:
    client.image_classification(b"no image")
    check("what is no image is an error", False)
except Exception as error:
    check("errors are shown", "not-an-image" in str(error) or "400" in str(error))

# curl: raw, a form, JSON, and a large body that asks first.
def curl(*arguments):
    return subprocess.run(["curl", "-s", "-w", "\n%{http_code} %{time_total}", *arguments], capture_output=True, text=True, check=True).stdout.rsplit("\n", 1)

for arguments in [
    ["--data-binary", f"@{images[0]}"],
    ["-H", "Content-Type: image/jpeg", "--data-binary", f"@{images[0]}"],
    ["-F", f"file=@{images[0]}"],
    ["-H", "Content-Type: application/json", "-d", "@-"],
]:
    body = json.dumps({"image": base64.b64encode(data[0]).decode()})
    run = subprocess.run(["curl", "-s", *arguments, f"{base}/v1/images"], input=body, capture_output=True, text=True, check=True)
    predictions = json.loads(run.stdout)["examination"]["classification"]["predictions"]
    check("curl's logits are the tool's", {p["label"]: np.float32(p["logit"]) for p in predictions} == {k: v[0] for k, v in expected[images[0]].items()})
body, status = curl("-F", f"file=@{images[0]}", "-F", f"file=@{images[-1]}", f"{base}/v1/images")
check("a form with two files has two results", len(json.loads(body)["results"]) == 2)
with tempfile.NamedTemporaryFile() as large:
    large.write(data[0] + bytes(3_000_000))
    large.flush()
    body, status = curl("-H", "Expect: 100-continue", "--data-binary", f"@{large.name}", f"{base}/v1/images")
check("a large body does not wait for a second", status.startswith("200") and float(status.split()[1]) < 0.9)

# What the service says of itself.
with urllib.request.urlopen(f"{base}/openapi.json") as answer:
    validate(json.load(answer))
with urllib.request.urlopen(f"{base}/metrics") as answer:
    families = {f.name: f for f in text_string_to_metric_families(answer.read().decode())}
check("metrics parse", families["aiguard_answers"].type == "counter" and families["aiguard_duration_seconds"].type == "histogram")
print(f"{passed} checks passed")
