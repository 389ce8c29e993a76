"""Accounts from a CSV file with a header (RFC 4180, but also with semicolons or tabs)."""

import csv
import re
from collections.abc import Iterator
from itertools import chain
from typing import BinaryIO

from models.importing.account_list import AT_ONCE, AccountList
from models.importing.csv_columns import Columns, Mapping, arrange
from models.importing.records import account_name
from models.importing.stored import chunks
from models.importing.text_file import broken, lines, pieces
from models.refusals import BrokenFile

_DELIMITERS = (",", ";", "\t")
_QUOTED = re.compile('"[^"]*"')
_LONGEST_HEADER = 100_000
_LINE_END = re.compile("[\r\n]")


def read_csv(file: BinaryIO, name: str, mapping: Mapping, accounts: AccountList) -> None:
    """Read the accounts of a CSV file, one in each row, into `accounts`.

    Raises:
        BadInput: the mapping does not fit the header.
        BrokenFile: it is no such file, or a row has other columns than the header or no user
            name; the sentence names file, place and reason.
    """
    rows = _rows(pieces(file, name), name)
    _, header = next(rows)
    columns = arrange(header, mapping, name)
    accounts.where = lambda line: f"{name}:{line}"
    accounts.knows_account_ids = True
    accounts.notes += columns.notes
    for chunk in chunks(_accounts(rows, columns, name), AT_ONCE):
        places, usernames, cells = zip(*chunk, strict=True)
        accounts.add(places, usernames, columns.values(cells))


def _accounts(
    rows: Iterator[tuple[int, list[str]]], columns: Columns, name: str
) -> Iterator[tuple[int, str, list[str]]]:
    """Yield the place and the user name of each row, and the row."""
    at = columns.username
    for line, row in rows:
        if len(row) != columns.count:
            raise broken(
                name,
                f"line {line}",
                f"the row has {len(row)} columns, the header {columns.count}: "
                "check for a missing quotation mark or separator.",
            )
        username = account_name(row[at])
        if not username:
            raise broken(name, f"line {line}", "the row has no user name (username).")
        yield line, username, row


def _rows(texts: Iterator[str], name: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each row with the number of its first line; blank lines are none."""
    begun = _beginning(texts)
    reader = csv.reader(lines(chain([begun], texts)), delimiter=_delimiter(begun), strict=True)
    line = 1
    try:
        for row in reader:
            if row:
                yield line, row
            line = reader.line_num + 1
    except csv.Error as error:
        raise _unreadable(name, line, error) from error


def _beginning(texts: Iterator[str]) -> str:
    """Return as much of the text as the header may take."""
    begun = ""
    for text in texts:
        begun += text
        if len(begun.lstrip("\r\n")) >= _LONGEST_HEADER:
            break
    return begun


def _delimiter(text: str) -> str:
    """Return what separates the columns of the header most often, outside quotation marks."""
    begun = text.lstrip("\r\n")[:_LONGEST_HEADER]
    header = _LINE_END.split(_QUOTED.sub("", begun), maxsplit=1)[0]
    return max(_DELIMITERS, key=header.count)


def _unreadable(name: str, line: int, error: csv.Error) -> BrokenFile:
    if "unexpected end of data" in str(error) or "field larger" in str(error):
        reason = "a quotation mark that opens here is never closed: the file may be cut off."
    else:
        reason = f"this is not CSV ({error}); a quotation mark inside a text must be doubled."
    return broken(name, f"line {line}", reason)
