"""A wrong setting stops the start, with its name."""

from pathlib import Path

import pytest

from portal.config import ConfigurationError, load_settings

GOOD = {
    "PORTAL_SECRET_KEY": "k" * 40,
    "PORTAL_BASE_URL": "https://base.example",
    "PORTAL_TRUSTED_HOSTS": "base.example",
}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORTAL_SECRET_KEY", "short"),
        ("PORTAL_SECRET_KEY", ","),
        ("PORTAL_BASE_URL", ""),
        ("PORTAL_BASE_URL", "base.example"),
        ("PORTAL_BASE_URL", "https://base.example/path"),
        ("PORTAL_BASE_URL", "javascript:alert(1)"),
        ("PORTAL_DATABASE_URL", "mysql://x"),
        ("PORTAL_MAIL_URL", "http://mail.example"),
        ("PORTAL_STORAGE_URL", "ftp://x"),
        ("PORTAL_SEARCH_URL", "opensearch+https://x"),
        ("PORTAL_SCAN_URL", "clamd:3310"),
        ("PORTAL_SCAN_URL", "tcp://clamd"),
        ("PORTAL_TYPO", "x"),
    ],
)
def test_bad_setting_is_named(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(ConfigurationError, match=name):
        load_settings({**GOOD, "PORTAL_INSTANCE": str(tmp_path), name: value})


def test_good_settings_are_read(tmp_path: Path) -> None:
    settings = load_settings({**GOOD, "PORTAL_INSTANCE": str(tmp_path)})
    assert not settings.demo
    assert settings.trusted_hosts == ("base.example",)


def test_keys_rotate(tmp_path: Path) -> None:
    keys = f"{'n' * 40},{'o' * 40}"
    settings = load_settings({**GOOD, "PORTAL_INSTANCE": str(tmp_path), "PORTAL_SECRET_KEY": keys})
    assert settings.secret_keys == ("n" * 40, "o" * 40)


def test_without_a_key_it_is_a_demo_with_a_key_of_its_own(tmp_path: Path) -> None:
    first = load_settings({"PORTAL_INSTANCE": str(tmp_path)})
    second = load_settings({"PORTAL_INSTANCE": str(tmp_path)})
    assert first.demo
    assert first.secret_keys == second.secret_keys
