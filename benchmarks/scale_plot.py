"""The rows of `benchmarks.scale` as a table and as `benchmarks/scale.png`; needs matplotlib."""

import json
import math
from collections.abc import Callable
from pathlib import Path

Row = dict[str, float]

_COLUMNS: dict[str, Callable[[Row], str]] = {
    "chunks": lambda row: f"{row['chunks']:,.0f}",
    "chunks a second, built": lambda row: f"{row['chunks_a_second']:.0f}",
    "peak of the build, MB": lambda row: f"{row['build_peak_mb']:.0f}",
    "disk, MB": lambda row: f"{row['disk_mb']:.0f}",
    "resident, MB": lambda row: f"{row['resident_mb']:.0f}",
    "cold open, s": lambda row: f"{row['cold_seconds']:.1f}, {row.get('beyond_model_seconds', math.nan):.1f}",
    "bare p50": lambda row: f"{row['bare p50']:.0f}",
    "plain p50 / p95 / p99": lambda row: _three(row, "plain"),
    "a year": lambda row: _three(row, "year"),
    "an outlet": lambda row: _three(row, "outlet"),
    "both": lambda row: _three(row, "year and outlet"),
    "recall@10": lambda row: f"{row['recall']:.4f}",
}
_PANELS: dict[str, dict[str, str]] = {
    "built, chunks a second": {"build": "chunks_a_second"},
    "disk, MB": {"index": "disk_mb"},
    "memory, MB": {"asking": "resident_mb", "building": "build_peak_mb", "the model alone": "model_mb"},
    "cold open to first answer, s": {"model loaded": "cold_seconds", "while it loads": "beyond_model_seconds"},
    "a question, p50 in ms": {
        "plain": "plain p50",
        "a year": "year p50",
        "an outlet": "outlet p50",
        "encode + Chroma": "bare p50",
    },
    "recall@10 of the vector stage": {"recall": "recall"},
}
# What should grow no faster than the archive is drawn so that this is a straight line.
_LINEAR = ("disk, MB", "memory, MB")


def draw(results: Path) -> list[str]:
    """Draw the last row of each size beside the results, and return them as a Markdown table."""
    rows = [json.loads(line) for line in results.read_text("utf-8").splitlines()]
    last = [row for _, row in sorted({row["size"]: row for row in rows}.items())]
    _figure(last, results.with_suffix(".png"))
    table = ["| " + " | ".join(_COLUMNS) + " |", "|" + "---|" * len(_COLUMNS)]
    return [*table, *("| " + " | ".join(column(row) for column in _COLUMNS.values()) + " |" for row in last)]


def _figure(rows: list[Row], file: Path) -> None:
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(2, 3, figsize=(12, 6.5), layout="constrained")
    for axis, (title, lines) in zip(axes.flat, _PANELS.items(), strict=True):
        for label, name in lines.items():
            axis.plot(
                [row["chunks"] for row in rows], [row.get(name, math.nan) for row in rows], marker="o", label=label
            )
        linear = title in _LINEAR
        axis.set(title=title, xlabel="chunks", xscale="linear" if linear else "log", ylim=(0, None))
        if name == "recall":
            axis.set_ylim(0.97, 1.001)
        if len(lines) > 1:
            axis.legend(frameon=False)
        axis.grid(alpha=0.3)
    figure.savefig(file, dpi=110)
    pyplot.close(figure)


def _three(row: Row, name: str) -> str:
    return " / ".join(f"{row[f'{name} p{share}']:.0f}" for share in (50, 95, 99))
