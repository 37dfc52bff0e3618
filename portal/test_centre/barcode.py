"""Code 39 as bars: what every hand scanner of a laboratory reads, drawn without a library."""

from dataclasses import dataclass

# Nine elements a character, bars and gaps in turn beginning with a bar; w is a wide one.
_PATTERNS = {
    "0": "nnnwwnwnn", "1": "wnnwnnnnw", "2": "nnwwnnnnw", "3": "wnwwnnnnn", "4": "nnnwwnnnw",
    "5": "wnnwwnnnn", "6": "nnwwwnnnn", "7": "nnnwnnwnw", "8": "wnnwnnwnn", "9": "nnwwnnwnn",
    "A": "wnnnnwnnw", "B": "nnwnnwnnw", "C": "wnwnnwnnn", "D": "nnnnwwnnw", "E": "wnnnwwnnn",
    "F": "nnwnwwnnn", "G": "nnnnnwwnw", "H": "wnnnnwwnn", "I": "nnwnnwwnn", "J": "nnnnwwwnn",
    "K": "wnnnnnnww", "L": "nnwnnnnww", "M": "wnwnnnnwn", "N": "nnnnwnnww", "O": "wnnnwnnwn",
    "P": "nnwnwnnwn", "Q": "nnnnnnwww", "R": "wnnnnnwwn", "S": "nnwnnnwwn", "T": "nnnnwnwwn",
    "U": "wwnnnnnnw", "V": "nwwnnnnnw", "W": "wwwnnnnnn", "X": "nwnnwnnnw", "Y": "wwnnwnnnn",
    "Z": "nwwnwnnnn", "-": "nwnnnnwnw", ".": "wwnnnnwnn", " ": "nwwnnnwnn", "*": "nwnnwnwnn",
}  # fmt: skip
WIDE, NARROW = 3, 1


@dataclass(frozen=True)
class Bars:
    """Bars as (left edge, width) and the width of the whole, in units of the narrow element."""

    bars: tuple[tuple[int, int], ...]
    width: int


def code39(text: str) -> Bars:
    """The bars of a text with its start and stop characters. Raises KeyError for a character that
    the code does not have."""
    at, bars = 0, []
    for char in f"*{text.upper()}*":
        for number, element in enumerate(_PATTERNS[char]):
            width = WIDE if element == "w" else NARROW
            if number % 2 == 0:
                bars.append((at, width))
            at += width
        at += NARROW
    return Bars(tuple(bars), at - NARROW)
