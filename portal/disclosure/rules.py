"""Who may see a field: four levels, each including those before it."""

from collections.abc import Iterable

from portal.core.i18n import lazy_gettext as _l

PUBLIC, REGISTERED, INTEREST, NDA = LEVELS = ("public", "registered", "interest", "nda")
LEVEL_LABELS = {
    PUBLIC: _l("Everybody"),
    REGISTERED: _l("Registered companies"),
    INTEREST: _l("After interest is accepted"),
    NDA: _l("After a confidentiality agreement"),
}
# What stands where a reader does not reach a field.
LOCKED_LABELS = {
    REGISTERED: _l("Disclosed to registered companies"),
    INTEREST: _l("Disclosed once interest is accepted"),
    NDA: _l("Disclosed after a confidentiality agreement"),
}

# As whom an owner tries out a page; the first is the owner.
VIEWERS = (
    ("", _l("You")),
    (PUBLIC, _l("Everybody")),
    (REGISTERED, _l("A registered company")),
    (INTEREST, _l("After accepted interest")),
    (NDA, _l("After the agreement")),
)


class Reach(str):
    """A level that an organisation has reached with another one; `revealed` are the ids of needs
    whose company was named to it before that."""

    revealed: frozenset[str]

    def __new__(cls, level: str, revealed: frozenset[str] = frozenset()) -> "Reach":
        made = super().__new__(cls, level)
        made.revealed = revealed
        return made


def at_least(reach: str, level: str | None) -> bool:
    """Whether who reaches one level sees what has another; what has none is public."""
    return level is None or LEVELS.index(reach) >= LEVELS.index(level)


def highest(levels: Iterable[str]) -> str:
    """The widest of some levels; PUBLIC when there are none."""
    return max(levels, key=LEVELS.index, default=PUBLIC)
