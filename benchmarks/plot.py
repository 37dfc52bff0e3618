"""`python -m benchmarks.plot FILE.json … --out FILE.svg`: how times grow with the documents."""

import argparse
import json
from pathlib import Path

import matplotlib

matplotlib.use("svg")
from matplotlib import pyplot

from benchmarks.queries import KINDS


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    results = sorted((json.loads(f.read_text("utf-8")) for f in options.files),
                     key=lambda r: r["documents"])  # fmt: skip
    sizes = [r["documents"] for r in results]
    _, axes = pyplot.subplots(1, len(KINDS), figsize=(14, 3.2), sharey=True)
    for axis, kind in zip(axes, KINDS, strict=True):
        for name in results[0]["milliseconds"][kind]:
            times = [r["milliseconds"][kind].get(name) for r in results]
            known = [(size, time) for size, time in zip(sizes, times, strict=True) if time]
            if known:
                axis.loglog(*zip(*known, strict=True), marker="o", label=name)
        axis.set_title(kind)
        axis.set_xlabel("documents")
    axes[0].set_ylabel("milliseconds")
    axes[0].legend()
    pyplot.tight_layout()
    pyplot.savefig(options.out)


if __name__ == "__main__":
    main()
