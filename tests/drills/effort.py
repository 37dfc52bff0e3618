"""How long drills are: short in every run of the tests, whole with `DRILLS=full`."""

import os

FULL = os.environ.get("DRILLS") == "full"


def rounds(short: int, full: int) -> int:
    return full if FULL else short
