"""Archives and lists as other programs write them, and what Python reads in them.

Run with Python 3.11 (`python3 Fixtures/datasets/make.py`): only its standard library is used. It writes into its own folder

- `*.zip`: archives by `zipfile`: stored, deflated, with ZIP64 fields, with a comment, with names in UTF-8 and in code page
  437, and written to a stream, so that sizes follow the data (data descriptors);
- `archives.json`: for each archive its entries' names and the SHA-256 of their data, as `zipfile` reads them;
- `lists/*.csv`: lists; `lists.json`: the records that `csv.DictReader(strict=True)` reads in them.

Not obvious: `zipfile` marks a name as UTF-8 only if it is not ASCII, so code page 437 is forced by patching the names'
bytes in both headers. `csv` takes a quote in the middle of a field without quotes as a character, and a CR alone as
the end of a line, and `DictReader` an empty first line as the header; RFC 4180 knows none of it, so the lists here have none: those that have are refused, which the tests
say themselves.
"""

import csv
import hashlib
import io
import json
import os
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
DATE = (2024, 1, 1, 0, 0, 0)


def data(name):
    # Compressible, different for each name.
    return (name.encode() * 40)[:1000] + hashlib.sha256(name.encode()).digest()


NAMES = [
    "train/REAL/camera/a.jpg",
    "train/REAL/camera/b (2).jpg",
    "train/FAKE/diffusion/a.jpg",
    "val/REAL/camera/c.JPG",
    "val/FAKE/gan/deeper/d.png",
]


class Stream(io.RawIOBase):
    """A file that cannot seek."""

    def __init__(self):
        self.bytes = bytearray()

    def writable(self):
        return True

    def seekable(self):
        return False

    def write(self, data):
        self.bytes += data
        return len(data)


def write(target, method, names=NAMES, force_zip64=False, comment=b"", folders=False):
    with zipfile.ZipFile(target, "w", method) as archive:
        if folders:
            for folder in sorted({n.rsplit("/", 1)[0] + "/" for n in names}):
                archive.writestr(zipfile.ZipInfo(folder, DATE), b"")
        for name in names:
            info = zipfile.ZipInfo(name, DATE)
            info.compress_type = method
            with archive.open(info, "w", force_zip64=force_zip64) as entry:
                entry.write(data(name))
        archive.comment = comment


def archives():
    def path(name):
        return os.path.join(HERE, name + ".zip")

    write(path("stored"), zipfile.ZIP_STORED)
    write(path("deflated"), zipfile.ZIP_DEFLATED, folders=True)
    write(path("zip64"), zipfile.ZIP_DEFLATED, force_zip64=True)
    write(path("comment"), zipfile.ZIP_STORED, comment=b"made by a script, and said at length. " * 20)
    write(path("utf8"), zipfile.ZIP_DEFLATED, names=["FAKE/caf\u00e9/\u5199\u771f.jpg", "REAL/cafe\u0301/b.jpg",
                                                     "REAL/caf\u00e9/b.jpg"])
    for method, name in ((zipfile.ZIP_STORED, "stream-stored"), (zipfile.ZIP_DEFLATED, "stream-deflated")):
        stream = Stream()
        write(stream, method)
        open(path(name), "wb").write(stream.bytes)
    # Every byte above ASCII is a name of its own; the placeholders have the same length.
    names = ["REAL/%02x.jpg" % byte for byte in range(128, 256)] + ["FAKE/aa.jpg"]
    target = io.BytesIO()
    write(target, zipfile.ZIP_STORED, names=names)
    raw = target.getvalue()
    for byte in range(128, 256):
        raw = raw.replace(b"REAL/%02x.jpg" % byte, b"REAL/" + bytes([byte, byte]) + b".jpg")
    # The data, which repeats the names, has changed with them.
    fixed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old:
        entries = [(info, raw[info.header_offset + 30 + 11 + len(info.extra):][:info.file_size]) for info in old.infolist()]
    import struct
    import zlib
    directory = b""
    for info, content in entries:
        name = info.filename.encode("cp437")
        crc = zlib.crc32(content)
        offset = fixed.tell()
        fixed.write(struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 0, 0, 33, crc, len(content), len(content), len(name), 0)
                    + name + content)
        directory += struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, 20, 0, 0, 0, 33, crc, len(content), len(content),
                                 len(name), 0, 0, 0, 0, 0, offset) + name
    start = fixed.tell()
    fixed.write(directory + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, len(entries), len(entries), len(directory), start, 0))
    open(path("cp437"), "wb").write(fixed.getvalue())

    result = {}
    for file in sorted(os.listdir(HERE)):
        if not file.endswith(".zip"):
            continue
        with zipfile.ZipFile(os.path.join(HERE, file)) as archive:
            assert archive.testzip() is None
            result[file] = {
                info.filename: hashlib.sha256(archive.read(info)).hexdigest()
                for info in archive.infolist() if not info.is_dir()
            }
    json.dump(result, open(os.path.join(HERE, "archives.json"), "w"), indent=1, sort_keys=True)


LISTS = {
    "plain": "path,label,split,source\na.jpg,REAL,train,camera\nb.jpg,FAKE,val,\n",
    "crlf": "path,label\r\na.jpg,REAL\r\nb.jpg,FAKE\r\n",
    "no-last-line-end": "path,label\na.jpg,REAL",
    "bom": "\ufeffpath,label\na.jpg,REAL\n",
    "quotes": 'path,label,source\n"a, b.jpg",REAL,"says ""x"""\n"""c"".jpg",FAKE,""\n',
    "line-ends-in-quotes": 'path,label,note\na.jpg,REAL,"two\nlines"\nb.jpg,FAKE,"three\r\nlines\r\n"\nc.jpg,REAL,x\n',
    "other-columns": "id,label,width,path,licence\n1,REAL,240,a.jpg,none\n2,FAKE,1024,b.jpg,\"CC BY, 4.0\"\n",
    "empty-lines": "path,label\n\n\na.jpg,REAL\n\r\nb.jpg,FAKE\n\n",
    "unicode": "path,label\ncaf\u00e9/\u5199\u771f.jpg,REAL\ncafe\u0301/b.jpg,FAKE\n",
    "spaces-stay": "path,label\n a.jpg , REAL \n",
    "empty-fields": 'path,label,split,source\na.jpg,REAL,,\nb.jpg,FAKE,"",x\n',
}


def lists():
    result = {}
    os.makedirs(os.path.join(HERE, "lists"), exist_ok=True)
    for name, text in LISTS.items():
        raw = text.encode()
        reader = csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline=""), strict=True)
        open(os.path.join(HERE, "lists", name + ".csv"), "wb").write(raw)
        result[name] = [
            {key: row[key] for key in ("path", "label", "split", "source") if row.get(key)} for row in reader
        ]
    json.dump(result, open(os.path.join(HERE, "lists.json"), "w"), indent=1, sort_keys=True)


archives()
lists()
