"""What can be set, and what is said about a file that cannot be read."""

from dataclasses import fields
from pathlib import Path

import pytest

from models.refusals import BadInput
from models.settings import Settings, load_settings


def load(folder: Path, text: str) -> Settings:
    """Return the settings of a file with this content."""
    file = folder / "config.toml"
    file.write_text(text, encoding="utf-8")
    return load_settings(file)


def test_without_a_file_everything_has_a_value(tmp_path: Path) -> None:
    assert load(tmp_path, "") == load(tmp_path, "# nothing\n") == Settings()
    assert Settings() == Settings(
        company="Hosting company",
        default_currency="USD",
        default_rates={},
        new_tasks="planned",
        staff_names="display-name",
        theme="dark",
        customer_idle_minutes=15,
        staff_idle_minutes=0,
    )


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ('company = "Example Hosting"', "company", "Example Hosting"),
        ('company = " Zoë\\u001b[2J\\n "', "company", "Zoë␛[2J"),
        ('default_currency = "EUR"', "default_currency", "EUR"),
        ('default_currency = "eur"', "default_currency", "EUR"),
        ('new_tasks = "done"', "new_tasks", "done"),
        ('new_tasks = "planned"', "new_tasks", "planned"),
        ('staff_names = "company"', "staff_names", "company"),
        ('staff_names = "display-name"', "staff_names", "display-name"),
        ('theme = "light"', "theme", "light"),
        ('theme = "dark"', "theme", "dark"),
        ("customer_idle_minutes = 0", "customer_idle_minutes", 0),
        ("customer_idle_minutes = 1", "customer_idle_minutes", 1),
        ("staff_idle_minutes = 1440", "staff_idle_minutes", 1440),
        ("[default_rates]", "default_rates", {}),
        (
            '[default_rates]\nUSD = "75.00"\nJPY = "9000"\nKWD = "20.125"',
            "default_rates",
            {"USD": "75.00", "JPY": "9000", "KWD": "20.125"},
        ),
        ('default_rates = {usd = "75,5"}', "default_rates", {"USD": "75.50"}),
    ],
)
def test_each_setting_is_read(tmp_path: Path, text: str, name: str, value: object) -> None:
    settings = load(tmp_path, text)
    assert getattr(settings, name) == value
    others = [setting.name for setting in fields(Settings) if setting.name != name]
    assert all(getattr(settings, other) == getattr(Settings(), other) for other in others)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('colour = "blue"', "colour is no setting; the settings are company, default_currency"),
        ("company = 7", "company must be a text in quotes"),
        ('company = ""', "company is empty"),
        ('company = " \\u200b"', "company is empty"),
        (f'company = "{"x" * 501}"', "company has 501 characters"),
        ('default_currency = "XXX"', '"XXX" is not a currency'),
        ('default_currency = ""', '"" is not a currency'),
        ("default_currency = 978", "default_currency must be a text in quotes"),
        ('new_tasks = "Done"', "new_tasks is 'Done'; it can be planned or done"),
        ("new_tasks = true", "new_tasks must be a text in quotes"),
        ('staff_names = "login"', "staff_names is 'login'; it can be display-name or company"),
        ('theme = "blue"', "theme is 'blue'; it can be dark or light"),
        ('theme = ["dark"]', "theme must be a text in quotes"),
        ("staff_idle_minutes = -1", "staff_idle_minutes must be a whole number of minutes from 0"),
        ("staff_idle_minutes = 1441", "to 1440, such as staff_idle_minutes = 15; 0 is never."),
        ("staff_idle_minutes = 15.0", "staff_idle_minutes must be a whole number"),
        ("customer_idle_minutes = true", "customer_idle_minutes must be a whole number"),
        ('customer_idle_minutes = "15"', "customer_idle_minutes must be a whole number"),
        ('default_rates = "75.00"', "default_rates must be a table"),
        ("[default_rates]\nUSD = 75.0", "default_rates.USD must be a text in quotes"),
        ('[default_rates]\nBTC = "75.00"', '"BTC" is not a currency'),
        ('[default_rates]\nUSD = "-1"', "A rate cannot be negative"),
        ('[default_rates]\nJPY = "75.50"', "JPY has no decimals"),
        ('[default_rates]\nUSD = "much"', '"much" is not a plain number'),
        ("company = ", "is not valid TOML"),
        ('company = "a"\ncompany = "b"', "is not valid TOML"),
    ],
)
def test_what_cannot_be_accepted_is_refused_with_the_file_and_the_reason(
    tmp_path: Path, text: str, reason: str
) -> None:
    with pytest.raises(BadInput) as refused:
        load(tmp_path, text)
    assert str(refused.value).startswith(str(tmp_path / "config.toml"))
    assert reason in str(refused.value)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    missing = tmp_path / "missing.toml"
    with pytest.raises(BadInput, match=f"^{missing} cannot be read: No such file or directory.$"):
        load_settings(missing)
    with pytest.raises(BadInput, match=f"^{tmp_path} cannot be read: Is a directory.$"):
        load_settings(tmp_path)
    latin = tmp_path / "latin.toml"
    latin.write_bytes('company = "Zoë"'.encode("latin-1"))
    with pytest.raises(BadInput, match=f"^{latin} is not valid TOML"):
        load_settings(latin)
