"""The results as a table for people, in plain text or Markdown, and as lines for programs."""
import math

HEADINGS = ("precision", "threads", "batch", "engine", "images/s", "of best peer", "of peak", "peak MB", "start s",
            "logit error")


def _number(value, form):
    return "–" if value is None or math.isnan(value) else format(value, form)


def table(results):
    starts = {(start["precision"], start["engine"]): start["cold_start_s"] for start in results["starts"]}
    return [(row["precision"], str(row["threads"]), str(row["batch"]), row["engine"],
             _number(row["images_per_second"], ".2f"), _number(row["ratio"], ".2f"), _number(row["share"], ".2f"),
             _number(row["peak_mb"], ".0f"), _number(starts.get((row["precision"], row["engine"])), ".2f"),
             _number(row["logit_error"], ".1e")) for row in results["rows"]]


def text(results):
    lines = [HEADINGS, *table(results)]
    widths = [max(map(len, column)) for column in zip(*lines)]
    left = (0, 3)
    return "\n".join("  ".join(cell.ljust(width) if index in left else cell.rjust(width)
                               for index, (cell, width) in enumerate(zip(line, widths))) for line in lines)


def _markdown_table(headings, lines):
    return "\n".join("| " + " | ".join(line) + " |" for line in [headings, ["---"] * len(headings), *lines])


def machine(results):
    cpu = results["cpu"]
    peaks = ", ".join(f"{name} {value:.0f}" for name, value in results["peaks"].items()) or "not measured"
    memory = ", ".join(f"t{threads} {value:.1f}" for threads, value in results["bandwidth"].items())
    return (f"{cpu['model']} ({' '.join(cpu['flags'])}), {results['date']}",
            f"Arithmetic peaks, GFLOP/s: {peaks}. Reading memory, GB/s: {memory}.")


def tried(results):
    return [(entry["precision"], entry["engine"], entry["setting"], _number(entry["images_per_second"], ".2f"),
             _number(entry["logit_error"], ".1e"), "yes" if entry["measured"] else "", entry["version"],
             entry["kernels"]) for entry in results["tried"]]


TRIED = ("precision", "engine", "setting", "images/s at batch 1", "logit error", "measured", "version", "computes in")
STARTS = ("precision", "engine", "start to first logits, s", "of it loading, s", "peak MB")


def markdown(results):
    starts = [(start["precision"], start["engine"], f"{start['cold_start_s']:.2f}", f"{start['load_s']:.2f}",
               f"{start['peak_mb']:.0f}") for start in results["starts"]]
    return "\n\n".join([*machine(results), _markdown_table(HEADINGS, table(results)),
                        "One process that loads the model and classifies one image:", _markdown_table(STARTS, starts),
                        "Every setting that was tried:", _markdown_table(TRIED, tried(results))]) + "\n"


def ratios(results, expected):
    """`ratio <precision> b<batch> t<threads> <ratio> share <share>`, one for each expected row, nan where unknown."""
    ours = {(row["precision"], row["batch"], row["threads"]): row for row in results["rows"]
            if row["engine"] == "AIGuardVision"}
    for key in expected:
        row = ours.get(key, {"ratio": math.nan, "share": math.nan})
        precision, batch, threads = key
        yield f"ratio {precision} b{batch} t{threads} {row['ratio']:.3f} share {row['share']:.3f}"
