"""Ways in which the folder of an index can be hurt. Each takes the folder of one's own copy."""

import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

Harm = Callable[[Path, random.Random], None]
NOBODY = 65_534


def generation(folder: Path) -> Path:
    return folder / (folder / "CURRENT").read_text().strip()


def _any_file(folder: Path, chance: random.Random) -> Path:
    """Any file that has bytes, also the small ones that say which others belong together."""
    files = [p for p in folder.rglob("*") if p.is_file() and p.stat().st_size]
    return chance.choice(sorted(files, key=_rank))


def _data_file(folder: Path, chance: random.Random) -> Path:
    files = (p for p in generation(folder).iterdir() if p.suffix in (".trm", ".pst", ".doc"))
    return chance.choice(sorted(files, key=_rank))


def _rank(path: Path) -> tuple[str, int]:
    """An order that does not hang on the names, which are drawn by lot."""
    return path.suffix, path.stat().st_size


def _over(path: Path, at: int, content: bytes) -> None:
    """Written in place, as a faulty disk or a careless program does."""
    with path.open("r+b") as file:
        file.seek(at)
        file.write(content)


def bit(folder: Path, chance: random.Random) -> None:
    path = chance.choice((_any_file, _data_file))(folder, chance)
    at = chance.randrange(path.stat().st_size)
    _over(path, at, bytes([path.read_bytes()[at] ^ (1 << chance.randrange(8))]))


def noise(folder: Path, chance: random.Random) -> None:
    path = _data_file(folder, chance)
    at = chance.randrange(path.stat().st_size)
    _over(path, at, chance.randbytes(min(64, path.stat().st_size - at)))


def zeros(folder: Path, chance: random.Random) -> None:
    path = _data_file(folder, chance)
    at = chance.randrange(path.stat().st_size) // 4096 * 4096
    _over(path, at, bytes(min(4096, path.stat().st_size - at)))


def truncated(folder: Path, chance: random.Random) -> None:
    path = _any_file(folder, chance)
    os.truncate(path, chance.randrange(path.stat().st_size))


def emptied(folder: Path, chance: random.Random) -> None:
    os.truncate(_any_file(folder, chance), 0)


def longer(folder: Path, chance: random.Random) -> None:
    path = _any_file(folder, chance)
    _over(path, path.stat().st_size, chance.randbytes(chance.randrange(1, 100)))


def deleted(folder: Path, chance: random.Random) -> None:
    _any_file(folder, chance).unlink()


def exchanged(folder: Path, chance: random.Random) -> None:
    """Two files of a kind under each other's names."""
    first = _data_file(folder, chance)
    second = chance.choice(sorted(generation(folder).glob(f"*{first.suffix}")))
    aside = first.with_name("aside")
    for source, target in ((first, aside), (second, first), (aside, second)):
        if source.exists():
            source.replace(target)


def of_another_commit(folder: Path, chance: random.Random) -> None:
    """The manifest of an older state, or all but the manifest. (All of it is a whole index.)"""
    here, older = generation(folder), generation(folder.with_name("older"))
    if chance.random() < 0.3:
        shutil.copy2(older / "manifest.json", here)
        return
    manifest = (here / "manifest.json").read_bytes()
    shutil.rmtree(here)
    shutil.copytree(older, here)
    (here / "manifest.json").write_bytes(manifest)


def linked(folder: Path, chance: random.Random) -> None:
    """A link in place of a file or of the generation."""
    path = chance.choice((_data_file(folder, chance), generation(folder)))
    target = folder.with_name("elsewhere") / path.name
    shutil.rmtree(target.parent, ignore_errors=True)
    target.parent.mkdir()
    path.replace(target)
    path.symlink_to(target)


def folder_for_file(folder: Path, chance: random.Random) -> None:
    path = _any_file(folder, chance)
    path.unlink()
    path.mkdir()


def foreign(folder: Path, chance: random.Random) -> None:
    """Files that nobody asked for, one of them a newer table of contents that must not be read."""
    (generation(folder) / "_portal_99.toc").write_bytes(b"cos\nabort\n(tR.")
    (generation(folder) / "portal_0123456789abcdef.pst").write_bytes(chance.randbytes(500))
    (folder / "g-0123456789ab").mkdir()
    (folder / "notes.txt").write_text("not an index")


def gone(folder: Path, chance: random.Random) -> None:
    shutil.rmtree(chance.choice((folder, generation(folder))))


def replaced(folder: Path, chance: random.Random) -> None:
    path = chance.choice((folder, generation(folder)))
    shutil.rmtree(path)
    path.write_text("not a folder")


def open_to_others(folder: Path, chance: random.Random) -> None:
    path = chance.choice((folder, generation(folder)))
    path.chmod(chance.choice((0o770, 0o707, 0o777)))


def closed(folder: Path, chance: random.Random) -> None:
    """Cannot be read (by anybody but root)."""
    chance.choice((folder, generation(folder), _data_file(folder, chance))).chmod(0)


def owned_by_another(folder: Path, chance: random.Random) -> None:
    if os.geteuid():
        return open_to_others(folder, chance)
    files = (folder, generation(folder), _data_file(folder, chance))
    return os.chown(chance.choice(files), NOBODY, NOBODY)


def manifest_edited(folder: Path, chance: random.Random) -> None:
    """Still JSON, but it says something else."""
    path = generation(folder) / "manifest.json"
    text = path.read_text()
    places = [i for i, c in enumerate(text) if c.isdigit()]
    at = chance.choice(places)
    path.write_text(text[:at] + str((int(text[at]) + 1) % 10) + text[at + 1 :])


def elsewhere_current(folder: Path, chance: random.Random) -> None:
    names = ("", "../index", "g-0123456789ab", "/etc", "g-\x00", "g-" + "x" * 300, "\ud800")
    name = chance.choice(names)
    (folder / "CURRENT").write_bytes(name.encode("utf-8", "surrogatepass"))


HARMS: dict[Harm, int] = {
    bit: 30, noise: 8, zeros: 8, truncated: 12, emptied: 4, longer: 4, deleted: 6, exchanged: 4,
    of_another_commit: 6, linked: 4, folder_for_file: 2, foreign: 2, gone: 2, replaced: 2,
    open_to_others: 2, closed: 2, owned_by_another: 2, manifest_edited: 6, elsewhere_current: 4,
}  # fmt: skip
