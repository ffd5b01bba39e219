"""What the original's back end does, with its faults of speed: usage: flask_server.py PORT MODEL_FOLDER DATABASE [once]

Flask's own server, Pillow, transformers; the model is loaded for each request, or only `once`; image and scores are kept.
"""
import base64
import hashlib
import io
import sqlite3
import sys

import torch
from flask import Flask, jsonify, request
from PIL import Image
from transformers import AutoImageProcessor, ViTForImageClassification

port, folder, database, *options = sys.argv[1:]
app = Flask(__name__)
torch.set_num_threads(2)


def load():
    return AutoImageProcessor.from_pretrained(folder), ViTForImageClassification.from_pretrained(folder).eval()


kept = load() if options == ["once"] else None
with sqlite3.connect(database) as connection:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("CREATE TABLE images (id TEXT PRIMARY KEY, email TEXT, data TEXT, scores TEXT)")


@app.get("/readyz")
def readyz():
    return "ready"


@app.post("/predict")
def predict():
    data = request.files["file"].read()
    processor, model = kept or load()
    with torch.no_grad():
        logits = model(**processor(Image.open(io.BytesIO(data)).convert("RGB"), return_tensors="pt")).logits[0]
    scores = [{"label": model.config.id2label[i], "score": float(logit)} for i, logit in enumerate(logits)]
    text = base64.b64encode(data).decode()
    with sqlite3.connect(database, timeout=30) as connection:
        key = hashlib.sha256((request.form["email"] + text).encode()).hexdigest()
        connection.execute("INSERT OR IGNORE INTO images VALUES (?, ?, ?, ?)", (key, request.form["email"], text, str(scores)))
    return jsonify(email=request.form["email"], confidence_score=scores)


app.run("127.0.0.1", int(port), threaded=True)
