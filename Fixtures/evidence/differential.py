"""Where `aiguard evidence` and c2pa-rs judge files otherwise.

Run: python differential.py AIGUARD ANCHORS.pem FILE_OR_FOLDER...
c2pa-python 0.38.1 (c2pa-rs 0.91.3). Certificates are judged for now by both: c2pa-rs takes no other time.

Prints a line for each file on which the states differ, or on which one finds a failure code that the other does not, and
counts. c2pa-rs knows three states: "wellFormed" here is its Invalid. Docs/Evidence.md has the reasons for the samples.
"""
import io
import json
import pathlib
import subprocess
import sys

import c2pa

TYPES = {
    ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".webp": "image/webp", ".gif": "image/gif",
    ".tif": "image/tiff", ".tiff": "image/tiff", ".avif": "image/avif", ".heic": "image/heic"}
EKUS = ["1.3.6.1.4.1.62558.2.1", "1.3.6.1.5.5.7.3.4", "1.3.6.1.5.5.7.3.36", "1.3.6.1.4.1.311.76.59.1.9"]
STATES = {"invalid": "Invalid", "wellFormed": "Invalid", "valid": "Valid", "trusted": "Trusted", None: "none"}


def codes(statuses):
    return {status["code"] for status in statuses or []}


def reference(path, anchors):
    settings = {
        "verify": {"verify_after_reading": True, "remote_manifest_fetch": False, "ocsp_fetch": False},
        "trust": {"trust_config": "\n".join(EKUS) + "\n", "user_anchors": anchors}}
    try:
        reader = c2pa.Reader(
            TYPES[path.suffix.lower()], io.BytesIO(path.read_bytes()), context=c2pa.Context.from_dict(settings))
        document = json.loads(reader.json())
    except Exception as error:  # It raises where there is no manifest, and for many damaged ones.
        text = str(error)
        return ("none" if "ManifestNotFound" in type(error).__name__ + text or "no JUMBF" in text else "error"), set()
    results = document.get("validation_results") or {}
    failures = codes((results.get("activeManifest") or {}).get("failure"))
    for delta in results.get("ingredientDeltas") or []:
        failures |= codes(delta["validationDeltas"].get("failure"))
    return document.get("validation_state"), failures


def ours(tool, path, anchors):
    run = subprocess.run(
        [tool, "evidence", "--json", "--trust-anchors", anchors, "--tsa-anchors", anchors, str(path)],
        capture_output=True, text=True, check=True)
    store = json.loads(run.stdout).get("manifestStore") or {}
    failures = codes(store.get("validationResults", {}).get("failure"))
    for delta in store.get("ingredientDeltas", []):
        failures |= codes(delta["results"]["failure"])
    return STATES[store.get("validationState")], failures


def main(tool, anchors, *places):
    text = pathlib.Path(anchors).read_text()
    files = []
    for place in map(pathlib.Path, places):
        files += sorted(place.rglob("*")) if place.is_dir() else [place]
    files = [file for file in files if file.suffix.lower() in TYPES]
    different = 0
    for file in files:
        (state, failures), (own, found) = reference(file, text), ours(tool, file, anchors)
        if state == own and failures == found:
            continue
        different += 1
        print(f"{file.name}: c2pa-rs {state} {sorted(failures - found)}, here {own} {sorted(found - failures)}")
    print(f"{len(files)} files, {different} judged otherwise")


main(*sys.argv[1:])
