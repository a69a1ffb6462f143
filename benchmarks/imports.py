"""Time how long commands take to start, and which imports they spend it on.

    python -m benchmarks.imports --index DIR

Prints Markdown: for each command the median of its wall-clock and processor seconds, then the import time of each
package without its own imports (`python -X importtime`), largest first.
"""

import argparse
import resource
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

_MOST_PACKAGES = 12


def seconds(command: Sequence[str]) -> tuple[float, float]:
    """Wall-clock and processor seconds of one run of Python with these arguments."""
    began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *command], check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - began, processor


def import_costs(command: Sequence[str]) -> Counter[str]:
    """Microseconds that the modules of each package took to import, without what they import in turn."""
    ended = subprocess.run(
        [sys.executable, "-X", "importtime", *command], check=True, capture_output=True, text=True, encoding="utf-8"
    )
    costs: Counter[str] = Counter()
    for line in ended.stderr.splitlines():
        own, _, module = line.removeprefix("import time:").split("|")
        if own.strip().isdigit():
            costs[module.strip().partition(".")[0]] += int(own)
    return costs


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser("python -m benchmarks.imports", description="Time how the commands begin.")
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--runs", type=int, default=9)
    options = parser.parse_args(arguments)
    asked = ["-m", "qa", "--help"]
    commands = [["-c", "import numpy"], asked, ["-m", "index", "status", "--index", str(options.index)]]
    print("| command | seconds | processor seconds |\n|---|---|---|")
    for command in commands:
        seconds(command)  # the first run compiles
        wall, processor = zip(*(seconds(command) for _ in range(options.runs)), strict=True)
        name = " ".join(command[:3])
        print(f"| `python {name}` | {statistics.median(wall):.2f} | {statistics.median(processor):.2f} |")
    print("\n| package | milliseconds of import |\n|---|---|")
    for package, cost in import_costs(asked).most_common(_MOST_PACKAGES):
        print(f"| {package} | {cost / 1000:.0f} |")


if __name__ == "__main__":
    main()
