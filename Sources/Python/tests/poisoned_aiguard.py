#!/usr/bin/env python3
"""The real worker, but for images that begin with POISON: they end it, as a fault in a decoder would. AIGUARD_REAL names the tool."""
import os
import struct
import subprocess
import sys
import threading

header = struct.Struct("<4sII")
child = subprocess.Popen([os.environ["AIGUARD_REAL"], *sys.argv[1:]], stdin=subprocess.PIPE)


def end_with_it():
    os._exit(child.wait())


threading.Thread(target=end_with_it, daemon=True).start()
while True:
    head = sys.stdin.buffer.read(header.size)
    if len(head) < header.size:
        break
    image = sys.stdin.buffer.read(header.unpack(head)[2])
    if image.startswith(b"POISON"):
        child.kill()
        child.wait()
        os._exit(1)
    child.stdin.write(head + image)
    child.stdin.flush()
child.stdin.close()
child.wait()
