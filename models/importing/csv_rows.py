"""Accounts from a CSV file with a header (RFC 4180, but also with semicolons or tabs)."""

import csv
import io
import re
from collections.abc import Iterator
from typing import BinaryIO

from models.importing.csv_columns import Mapping, arrange
from models.importing.records import AccountList, account_name, checked_record, identity_key
from models.importing.text_file import broken, read_text
from models.refusals import BadInput, BrokenFile

_DELIMITERS = (",", ";", "\t")
_QUOTED = re.compile('"[^"]*"')
_LINE_END = re.compile("[\r\n]")


def read_csv(file: BinaryIO, name: str, mapping: Mapping) -> AccountList:
    """Read the accounts of a CSV file, one in each row.

    Raises:
        BadInput: the mapping does not fit the header.
        BrokenFile: it is no such file, or a row has other columns than the header or no user
            name; the sentence names file, place and reason.
    """
    rows = _rows(read_text(file, name), name)
    _, header = next(rows)
    columns = arrange(header, mapping, name)
    accounts = AccountList(
        where=lambda line: f"{name}:{line}", knows_account_ids=True, notes=columns.notes
    )
    for line, row in rows:
        if len(row) != columns.count:
            raise broken(
                name,
                f"line {line}",
                f"the row has {len(row)} columns, the header {columns.count}: "
                "check for a missing quotation mark or separator.",
            )
        fields = columns.values(row)
        username = account_name(fields["username"])
        if not username:
            raise broken(name, f"line {line}", "the row has no user name (username).")
        try:
            accounts.records.append(checked_record(line, username, fields))
        except BadInput as error:
            accounts.refuse(line, error, [username, identity_key(fields, username)])
    return accounts


def _rows(text: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each row with the number of its first line; blank lines are none."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    line = 1
    try:
        for row in reader:
            if row:
                yield line, row
            line = reader.line_num + 1
    except csv.Error as error:
        raise _unreadable(name, line, error) from error


def _delimiter(text: str) -> str:
    """Return what separates the columns of the header most often, outside quotation marks."""
    header = _LINE_END.split(_QUOTED.sub("", text[:100_000].lstrip("\r\n")), maxsplit=1)[0]
    return max(_DELIMITERS, key=header.count)


def _unreadable(name: str, line: int, error: csv.Error) -> BrokenFile:
    if "unexpected end of data" in str(error) or "field larger" in str(error):
        reason = "a quotation mark that opens here is never closed: the file may be cut off."
    else:
        reason = f"this is not CSV ({error}); a quotation mark inside a text must be doubled."
    return broken(name, f"line {line}", reason)
