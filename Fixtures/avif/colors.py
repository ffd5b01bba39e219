"""AVIF of every depth, chroma format, matrix, range and set of primaries, with and without alpha."""
import itertools

from container import ALPHA, File, Item, auxc, ispe, nclx, pixi
from payloads import encode

MATRICES = [*range(19), 255]
SIZE = (45, 33)


def image(depth, chroma, alpha, premultiplied, color, size=SIZE, alpha_depth=None, **encoding):
    coded = encode(*size, depth, chroma, **encoding)[0]
    depths = [depth] * (1 if chroma == 400 else 3)
    items = [Item(coded[0], [ispe(*size), pixi(*depths), coded[1], *([color] if color else [])])]
    references = []
    if alpha:
        coded = encode(*size, alpha_depth or depth, 444, alpha=True)[1]
        items.append(Item(coded[0], [ispe(*size), pixi(alpha_depth or depth), coded[1], auxc(ALPHA)]))
        references.append(("auxl", 2, [1]))
        if premultiplied:
            references.append(("prem", 1, [2]))
    return File(items, references).bytes()


def colors():
    for depth, chroma, (alpha, premultiplied), full_range in itertools.product(
            (8, 10, 12), (400, 420, 422, 444), ((0, 0), (1, 0), (1, 1)), (0, 1)):
        kind = f"{depth}_{chroma}_{'full' if full_range else 'limited'}" + ("_prem" if premultiplied else "_alpha" if alpha else "")
        for matrix in MATRICES:
            yield f"color_{kind}_m{matrix}", image(depth, chroma, alpha, premultiplied, nclx(1, 13, matrix, full_range))
        for matrix, primaries in itertools.product((12, 13), (0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 22, 255)):
            yield (f"color_{kind}_m{matrix}_p{primaries}",
                   image(depth, chroma, alpha, premultiplied, nclx(primaries, 13, matrix, full_range)))
    # The sequence header alone says the colours.
    for depth, chroma, matrix, range_ in itertools.product((8, 10, 12), (420, 444), (0, 1, 2, 4, 5, 6, 7, 8, 9, 12), ("full", "limited")):
        if (matrix == 0 and chroma != 444) or (matrix == 8 and range_ == "limited"):
            continue
        yield (f"sequence_{depth}_{chroma}_{range_}_m{matrix}",
               image(depth, chroma, 0, 0, None, cicp=f"12/16/{matrix}", range_=range_))
    for depth, chroma, size, alpha in itertools.product((8, 10, 12), (400, 420, 422, 444), ((1, 1), (2, 2), (1, 7), (7, 1), (64, 66)), (0, 1)):
        yield f"size_{depth}_{chroma}_{size[0]}x{size[1]}_{alpha}", image(depth, chroma, alpha, 0, nclx(1, 13, 6, 1), size)
