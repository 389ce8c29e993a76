"""The short ways of an import come to the same as the long ones."""

import io
import json
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from models.importing import plan
from models.importing.folded import found_by
from models.importing.json_stream import JsonStream
from models.importing.records import checked_columns
from models.importing.text_file import lines, pieces
from models.search_text import search_text
from models.staff.desk import StaffDesk
from models.staff.session import Actor
from models.text import clean_line
from tests.models.import_files import dump, load
from tests.models.test_import_anything import CSV_FIELDS

WORDS = st.one_of(
    st.text(max_size=12),
    st.text("abcXYZ .-'xn", max_size=12),
    st.sampled_from(["", "xn--bcher-kva.example", "Ärger", "a  b", "A\tB", "\x1b[0m", "ß"]),
)
LINES = WORDS.map(clean_line)
NAMES = st.lists(
    LINES.map(lambda line: line.replace(" ", "").lower()).filter(bool), max_size=3, unique=True
)


@settings(max_examples=200)
@example("u", ["xn--bcher-kva.example"], "", "", "")
@given(LINES.filter(bool), NAMES, LINES, LINES, LINES)
def test_what_an_account_is_found_by_is_what_folding_makes_of_it(
    username: str, domains: list[str], person: str, company: str, email: str
) -> None:
    found = found_by(username, " ".join(domains), person, company or None, email)
    assert found == search_text(username, domains, person, company, email)


@settings(max_examples=200)
@given(st.lists(st.one_of(st.none(), WORDS)))
def test_fields_are_cleaned_as_lines_are(texts: list[str | None]) -> None:
    columns, refused = checked_columns(["u"] * len(texts), {"company": texts})
    assert columns["company"] == [None if text is None else clean_line(text) for text in texts]
    assert not refused


JSON = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(allow_nan=False, allow_infinity=False),
        st.text(),
    ),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(), inner)),
    max_leaves=12,
)


def cut(text: str, sizes: list[int]) -> Iterator[str]:
    """Yield a text in pieces of these sizes, again and again."""
    at = turn = 0
    while at < len(text):
        size = sizes[turn % len(sizes)]
        yield text[at : at + size]
        at += size
        turn += 1


@settings(max_examples=150)
@example({"a": 1.5}, None, [8])
@given(
    st.dictionaries(st.text(), JSON),
    st.sampled_from([None, 1]),
    st.lists(st.integers(1, 9), min_size=1),
)
def test_json_in_pieces_is_read_as_json(
    document: dict[str, Any], indent: int | None, sizes: list[int]
) -> None:
    stream = JsonStream(cut(json.dumps(document, indent=indent) + "\n", sizes))
    assert {name: stream.value() for name in stream.members()} == document
    stream.end()


@settings(max_examples=150)
@given(
    st.text(min_size=1).filter(str.strip),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    st.integers(1, 7),
)
def test_text_in_pieces_is_the_text_and_its_lines(text: str, encoding: str, size: int) -> None:
    text = text.encode(errors="replace").decode().removeprefix("\ufeff")
    if not text.strip():
        return
    file = io.BytesIO(text.encode(encoding))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("models.importing.text_file.PIECE", size)
        found = list(pieces(file, "file"))
    assert "".join(found) == text
    assert list(lines(iter(found))) == list(io.StringIO(text, newline=""))


ROWS = st.lists(
    st.fixed_dictionaries(
        {
            name: values
            if name in ("username", "reseller", "id")
            else st.one_of(st.just(""), values)
            for name, values in CSV_FIELDS.items()
        }
        | {"username": st.sampled_from(["xa", "xb", "xc", "xd"])}
        | {"domains": st.sampled_from(["", "a.example", "a.example b.example", "b.example"])}
        | {"domain": st.sampled_from(["", "", "a.example", "c.example"])}
    ),
    min_size=1,
    max_size=5,
)
COLUMNS = st.lists(st.sampled_from(sorted(CSV_FIELDS)), unique=True).map(
    lambda names: sorted({*names, "username"})
)


@settings(max_examples=40, deadline=None)
@given(files=st.lists(st.tuples(COLUMNS, ROWS), min_size=2, max_size=4))
def test_what_the_database_says_is_settled_is_settled_field_by_field(
    new_database: Path,
    tmp_path_factory: pytest.TempPathFactory,
    files: list[tuple[list[str], list[dict[str, str]]]],
) -> None:
    """The same files once with all accounts compared field by field come to the same."""
    folder = tmp_path_factory.mktemp("both")
    doubting = plan._UNSETTLED.replace(plan._SETTLED, "0").replace(plan._PLAINLY_NEW, "0")
    outcomes = []
    for name, query in (("asking.db", plan._UNSETTLED), ("doubting.db", doubting)):
        path = Path(shutil.copy(new_database, folder / name))
        with (
            pytest.MonkeyPatch.context() as patch,
            closing(StaffDesk.open(path, Actor("anna"), settings=None)) as desk,
        ):
            patch.setattr(plan, "_UNSETTLED", query)
            desk.session.clock = lambda: 1_700_000_000_000
            reports = [load(desk, "csv", _csv(columns, rows)) for columns, rows in files]
            outcomes.append((reports, dump(desk)))
    shutil.rmtree(folder)
    assert outcomes[0] == outcomes[1]


def _csv(columns: list[str], rows: list[dict[str, str]]) -> str:
    cells = [columns, *([row[column] for column in columns] for row in rows)]
    quoted = [
        ['"' + cell.encode(errors="replace").decode().replace('"', '""') + '"' for cell in row]
        for row in cells
    ]
    return "\n".join(",".join(row) for row in quoted) + "\n"
