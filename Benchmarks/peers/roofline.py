"""A roofline figure as SVG: our rows and the best peer of each, under the roofs measured in the same run."""
import math
from html import escape

import fixture

BYTES = {"float32": 4, "bfloat16": 2, "int8": 1}
COLOURS = {"float32": "#1b6ca8", "bfloat16": "#2a8c55", "int8": "#c2410c"}
OURS = "AIGuardVision"
PANEL, HEIGHT, LEFT, TOP, GAP = 440, 330, 70, 62, 40
X = (1, 1000)


def intensity(model, precision, batch):
    """FLOP a byte of weights, read once a batch, and of activations, written once and read once."""
    moved = BYTES[precision] * (model.weights + 2 * batch * model.activations)
    return batch * model.gflop * 1e9 / moved


def _ticks(low, high):
    return [step * 10.0**power for power in range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
            for step in (1, 2, 5) if low <= step * 10.0**power <= high]


def _marker(x, y, batch, colour, filled):
    style = f'stroke="{colour}" stroke-width="1.5" fill="{colour if filled else "white"}"'
    if batch == 1:
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" {style}/>'
    if batch <= 8:
        return f'<rect x="{x - 4:.1f}" y="{y - 4:.1f}" width="8" height="8" {style}/>'
    return f'<path d="M{x:.1f} {y - 5.5:.1f}l5 9h-10z" {style}/>'


class _Panel:
    def __init__(self, results, threads, left, low, high):
        self.results, self.threads, self.left, self.y_range = results, threads, left, (low, high)
        self.bandwidth = results["bandwidth"][str(threads)]
        self.model = fixture.MODELS[results["model"]]

    def x(self, value):
        return self.left + PANEL * math.log(value / X[0]) / math.log(X[1] / X[0])

    def y(self, value):
        low, high = self.y_range
        return TOP + HEIGHT * (1 - math.log(value / low) / math.log(high / low))

    def axes(self):
        bottom, right = TOP + HEIGHT, self.left + PANEL
        yield f'<text x="{self.left + PANEL / 2}" y="{TOP - 12}" class="m b">{self.threads} thread' \
              f'{"s" if self.threads > 1 else ""}</text>'
        for tick in _ticks(*X):
            yield f'<line x1="{self.x(tick):.1f}" x2="{self.x(tick):.1f}" y1="{TOP}" y2="{bottom}" class="g"/>'
            yield f'<text x="{self.x(tick):.1f}" y="{bottom + 17}" class="m">{tick:g}</text>'
        for tick in _ticks(*self.y_range):
            yield f'<line x1="{self.left}" x2="{right}" y1="{self.y(tick):.1f}" y2="{self.y(tick):.1f}" class="g"/>'
            yield f'<text x="{self.left - 7}" y="{self.y(tick) + 4:.1f}" class="e">{tick:g}</text>'
        yield f'<text x="{self.left + PANEL / 2}" y="{bottom + 38}" class="m">arithmetic intensity, FLOP/byte</text>'
        yield f'<rect x="{self.left}" y="{TOP}" width="{PANEL}" height="{HEIGHT}" fill="none" stroke="#555"/>'

    def roofs(self):
        low, high = self.y_range
        end = min(X[1], high / self.bandwidth)
        start = max(X[0], low / self.bandwidth)
        yield (f'<line x1="{self.x(start):.1f}" y1="{self.y(start * self.bandwidth):.1f}" x2="{self.x(end):.1f}"'
               f' y2="{self.y(end * self.bandwidth):.1f}" stroke="#555" stroke-width="1.5"/>')
        foot = 1.35 * start
        yield (f'<text x="{self.x(foot) + 14:.1f}" y="{self.y(foot * self.bandwidth) + 4:.1f}">'
               f'memory {self.bandwidth:.0f} GB/s</text>')
        roofs = {}
        for precision in BYTES:
            if peak := self.results["peaks"].get(f"{precision} t{self.threads}"):
                roofs.setdefault(round(self.y(peak) / 14), (peak, []))[1].append(precision)
        for peak, names in roofs.values():
            colour, ridge = COLOURS[names[0]], peak / self.bandwidth
            yield (f'<line x1="{self.x(ridge):.1f}" x2="{self.left + PANEL}" y1="{self.y(peak):.1f}"'
                   f' y2="{self.y(peak):.1f}" stroke="{colour}" stroke-width="1.5"/>')
            yield (f'<line x1="{self.left}" x2="{self.x(ridge):.1f}" y1="{self.y(peak):.1f}" y2="{self.y(peak):.1f}"'
                   f' stroke="{colour}" stroke-dasharray="2 4"/>')
            yield (f'<text x="{self.left + 6}" y="{self.y(peak) - 5:.1f}" style="fill:{colour}">'
                   f'{escape(", ".join(names))} {peak:.0f}</text>')

    def points(self):
        rows = [row for row in self.results["rows"] if row["threads"] == self.threads]
        for key in sorted({(row["precision"], row["batch"]) for row in rows}):
            here = [row for row in rows if (row["precision"], row["batch"]) == key]
            ours = [row for row in here if row["engine"] == OURS]
            peers = [row for row in here if row["engine"] != OURS]
            best = [max(peers, key=lambda row: row["images_per_second"])] if peers else []
            for row in best + ours:
                speed = row["images_per_second"] * self.model.gflop
                what = f'{row["engine"]}, {key[0]}, batch {key[1]}: {row["images_per_second"]:.2f} images/s'
                yield (f"<g><title>{escape(what)}</title>" +
                       _marker(self.x(intensity(self.model, *key)), self.y(speed), key[1], COLOURS[key[0]],
                               row["engine"] == OURS) + "</g>")


def _legend(top, precisions, batches):
    x = LEFT
    for precision in precisions:
        yield f'<rect x="{x}" y="{top - 9}" width="14" height="9" fill="{COLOURS[precision]}"/>'
        yield f'<text x="{x + 20}" y="{top}">{precision}</text>'
        x += 95
    x += 25
    for batch in batches:
        yield _marker(x, top - 4, batch, "#333", True)
        yield f'<text x="{x + 11}" y="{top}">batch {batch}</text>'
        x += 80
    x += 25
    for filled, text in ((True, OURS), (False, "best peer of that precision")):
        yield _marker(x, top - 4, 1, "#333", filled)
        yield f'<text x="{x + 11}" y="{top}">{text}</text>'
        x += 125


def figure(results):
    threads = sorted({row["threads"] for row in results["rows"]})
    model = fixture.MODELS[results["model"]]
    speeds = [row["images_per_second"] * model.gflop for row in results["rows"]]
    low = 10 ** math.floor(math.log10(min([10, *speeds])))
    top = max([100, *speeds, *results["peaks"].values()])
    high = next(tick for tick in _ticks(low, 100 * top) if tick >= 1.3 * top)
    width = LEFT + len(threads) * (PANEL + GAP) + (len(threads) - 1) * (LEFT - GAP)
    width = max(width, 850)
    bottom = TOP + HEIGHT + 100
    parts = []
    for index, count in enumerate(threads):
        panel = _Panel(results, count, LEFT + index * (PANEL + LEFT), low, high)
        parts += [*panel.axes(), *panel.roofs(), *panel.points()]
    present = [precision for precision in BYTES if any(row["precision"] == precision for row in results["rows"])]
    parts += _legend(TOP + HEIGHT + 72, present, sorted({row["batch"] for row in results["rows"]}))
    middle = TOP + HEIGHT / 2
    title = escape(f'{model.title}, one forward pass: {results["cpu"]["model"]}, {results["date"]}')
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {bottom}" width="{width}" height="{bottom}">
<style>text {{ font: 12px sans-serif; fill: #222 }} .m {{ text-anchor: middle }} .e {{ text-anchor: end }}
.b {{ font-weight: bold }} .g {{ stroke: #e5e5e5 }}</style>
<rect width="{width}" height="{bottom}" fill="white"/>
<text x="{LEFT}" y="22" class="b">{title}</text>
<text transform="translate(22 {middle}) rotate(-90)" class="m">GFLOP/s</text>
{chr(10).join(parts)}
</svg>
"""
