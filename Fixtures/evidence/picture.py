"""The pictures of the samples: computed gradients."""
import io

from PIL import Image


def pic(seed, size=(64, 48)):
    im = Image.new("RGB", size)
    px = im.load()
    for y in range(size[1]):
        for x in range(size[0]):
            px[x, y] = ((x * 4 + seed * 40) % 256, (y * 5 + seed * 17) % 256, (x * y + seed * 91) % 256 if seed % 2 else 128)
    return im


def enc_img(im, f, **k):
    b = io.BytesIO()
    im.save(b, f, **k)
    return b.getvalue()
