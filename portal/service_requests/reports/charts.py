"""Charts as places on a canvas; templates draw them as SVG, with a table of the same figures.

Series differ by colour, by dashes and by the shape of their marks, so that none is told by its
colour alone.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

WIDTH, HEIGHT = 720, 280
LEFT, RIGHT, TOP, BOTTOM = 56, 16, 14, 34
MAX_LABELS = 13
MAX_TICKS = 5
ROW = 30
NAME, TOTAL = 190, 70
LETTER = 7.5  # about the width of a letter, to tell whether a number fits
SHORTENED = 24
Value = float | None
Say = Callable[[float], str]


@dataclass(frozen=True)
class Series:
    """Values with their name; `style` is 1 to 4."""

    label: str
    style: int
    values: Sequence[Value]


@dataclass(frozen=True)
class Rect:
    x: float
    y: float
    width: float
    height: float
    style: int
    text: str = ""  # inside it, where it fits


@dataclass(frozen=True)
class Path:
    """A line: pieces between missing values, and its marks with the values they stand for."""

    style: int
    pieces: Sequence[str]
    marks: Sequence[tuple[float, float, str]]


@dataclass(frozen=True)
class Text:
    x: float
    y: float
    text: str


@dataclass(frozen=True)
class Chart:
    """What the template draws, and `summary`, its content in a sentence."""

    key: str
    title: str
    summary: str
    width: int
    height: int
    ticks: Sequence[Text]
    labels: Sequence[Text]
    rects: Sequence[Rect]
    paths: Sequence[Path]
    legend: Sequence[tuple[int, str, str]]  # style, name, bar or line
    totals: Sequence[Text] = ()
    rows: bool = False

    @property
    def plot(self) -> tuple[int, int, int, int]:
        """Left, top, right, bottom of the field of a chart over time."""
        return LEFT, TOP, self.width - RIGHT, self.height - BOTTOM


@dataclass(frozen=True)
class Axes:
    """What is common to the series of a chart over time."""

    key: str
    title: str
    summary: str
    labels: Sequence[str]
    say: Say
    top: float | None = None  # of the scale; by the largest value when it is missing


def over_time(axes: Axes, bars: Sequence[Series], lines: Sequence[Series]) -> Chart:
    """Bars side by side and lines over them, on one scale that begins at zero."""
    highest = max((v for s in (*bars, *lines) for v in s.values if v is not None), default=0)
    steps = scale(axes.top or highest)
    top = axes.top or steps[-1]
    slot = (WIDTH - LEFT - RIGHT) / max(1, len(axes.labels))
    field = HEIGHT - TOP - BOTTOM

    def y(value: float) -> float:
        return round(TOP + field * (1 - value / top), 1)

    return Chart(
        axes.key,
        axes.title,
        axes.summary,
        WIDTH,
        HEIGHT,
        ticks=[Text(LEFT - 6, y(step), axes.say(step)) for step in steps],
        labels=list(_thinned(axes.labels, slot)),
        rects=list(_bars(bars, slot, y)),
        paths=[_path(line, slot, y, axes.say) for line in lines],
        legend=[
            *((s.style, s.label, "bar") for s in bars),
            *((s.style, s.label, "line") for s in lines),
        ],
    )


def scale(highest: float) -> list[float]:
    """Round steps from zero to at least the highest value, five at most."""
    if highest <= 0:
        return [0, 1]
    rough = highest / MAX_TICKS
    power = 10 ** math.floor(math.log10(rough))
    needed = rough * (1 - 1e-9)
    step = next(power * n for n in (1, 2, 2.5, 5, 10) if power * n >= needed)
    count = math.ceil(highest / step - 1e-9)
    return [round(step * n, 6) for n in range(count + 1)]


def _thinned(labels: Sequence[str], slot: float) -> Iterator[Text]:
    every = -(-len(labels) // MAX_LABELS)
    for place, label in enumerate(labels):
        if place % every == 0:
            yield Text(round(LEFT + slot * (place + 0.5), 1), HEIGHT - BOTTOM + 18, label)


def _bars(bars: Sequence[Series], slot: float, y: Callable[[float], float]) -> Iterator[Rect]:
    width = round(slot * 0.7 / max(1, len(bars)), 1)
    for number, series in enumerate(bars):
        for place, value in enumerate(series.values):
            if value:
                x = round(LEFT + slot * (place + 0.15) + number * width, 1)
                yield Rect(x, y(value), width, round(y(0) - y(value), 1), series.style)


def _path(line: Series, slot: float, y: Callable[[float], float], say: Say) -> Path:
    places = [
        None if value is None else (round(LEFT + slot * (at + 0.5), 1), y(value), say(value))
        for at, value in enumerate(line.values)
    ]
    pieces = [
        " ".join(f"{p[0]},{p[1]}" for p in piece if p)
        for there, piece in groupby(places, key=lambda p: p is not None)
        if there
    ]
    return Path(line.style, pieces, [p for p in places if p])


@dataclass(frozen=True)
class Stack:
    """A row of a stacked chart: its name and one value for each series."""

    name: str
    values: Sequence[float]


def stacked(
    key: str, title: str, summary: str, series: Sequence[str], stacks: Sequence[Stack], say: Say
) -> Chart:
    """A row for each stack, as long as its sum."""
    longest = max((sum(stack.values) for stack in stacks), default=0) or 1
    field = WIDTH - NAME - TOTAL
    rects, labels, totals = [], [], []
    for number, stack in enumerate(stacks):
        at, y = float(NAME), TOP + number * ROW
        labels.append(Text(NAME - 8, y + 14, _short(stack.name)))
        for style, value in enumerate(stack.values, start=1):
            width = round(field * value / longest, 1)
            text = say(value)
            fits = len(text) * LETTER < width
            rects.append(Rect(round(at, 1), y, width, ROW - 10, style, text if fits else ""))
            at += width
        totals.append(Text(round(at + 6, 1), y + 14, say(sum(stack.values))))
    height = TOP * 2 + ROW * len(stacks)
    legend = [(style, name, "bar") for style, name in enumerate(series, start=1)]
    return Chart(
        key, title, summary, WIDTH, height, (), labels, rects, (), legend, totals, rows=True
    )


def _short(name: str) -> str:
    return name if len(name) <= SHORTENED else f"{name[: SHORTENED - 1].rstrip()}…"
