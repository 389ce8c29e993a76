"""The accounts of a cPanel/WHM server, from `whmapi1 listaccts --output=json`.

Shape and fields: WHM API 1, function listaccts (api.docs.cpanel.net), and the older WHM API 0
form of the same list. Nothing is kept but what is named here.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, BinaryIO, Final

from models.importing.account_list import AT_ONCE, AccountList
from models.importing.json_stream import JsonStream
from models.importing.records import account_name
from models.importing.stored import chunks
from models.importing.text_file import broken, pieces
from models.refusals import BadInput, BrokenFile
from models.text import quoted

_ABOUT: Final = ("metadata", "status", "statusmsg")
_SUCCESS = (1, "1")
_HINT = "Make it with: whmapi1 listaccts --output=json"

_UNKNOWN_EMAIL = "*unknown*"
_NO_REASON = "not suspended"
_SERVER_ITSELF = "root"
_SUSPENDED = {"1": True, "0": False, "": None}


def read_whm(file: BinaryIO, name: str, accounts: AccountList) -> None:
    """Read the list of accounts of one server into `accounts`.

    Raises:
        BrokenFile: it is not such a list, an account has no user name, or WHM answered with an
            error; the sentence names file, place and reason.
    """
    accounts.where = lambda index: f"{name}: acct[{index}]"
    stream = JsonStream(pieces(file, name))
    try:
        wrapper = _read_document(stream, name, accounts)
    except json.JSONDecodeError as error:
        line, column = stream.place(error.pos)
        cut_off = error.msg.startswith("Unterminated") or stream.rest_is_blank(error.pos)
        what = "the file is cut off here" if cut_off else f"this is not JSON ({error.msg})"
        raise broken(name, f"line {line}, column {column}", f"{what}. {_HINT}") from error
    except (ValueError, RecursionError) as error:
        raise broken(name, "line 1", f"this is not JSON that WHM writes. {_HINT}") from error
    metadata = wrapper.get("metadata")
    if isinstance(metadata, dict) and "result" in metadata:
        _refuse_failure(name, metadata["result"], metadata.get("reason"))
    if "status" in wrapper:
        _refuse_failure(name, wrapper["status"], wrapper.get("statusmsg"))
    if "acct" not in wrapper:
        raise broken(name, "data.acct", f"there is no list of accounts. {_HINT}")


def _read_document(stream: JsonStream, name: str, accounts: AccountList) -> dict[str, object]:
    """Take the accounts out of either wrapper; return what else stands in it."""
    wrapper: dict[str, object] = {}
    if stream.peek() != "{":
        stream.value()
    else:
        for member in stream.members():
            if member == "data" and stream.peek() == "{":
                for inner in stream.members():
                    _read_member(stream, inner, name, accounts, wrapper)
            else:
                _read_member(stream, member, name, accounts, wrapper)
    stream.end()
    return wrapper


def _read_member(
    stream: JsonStream, member: str, name: str, accounts: AccountList, wrapper: dict[str, object]
) -> None:
    if member != "acct" or stream.peek() != "[":
        value = stream.value()
        if member in _ABOUT:
            wrapper[member] = value
        return
    if member in wrapper:
        raise broken(name, "data.acct", "there are two lists of accounts.")
    wrapper[member] = True
    for chunk in chunks(_accounts(stream, name), AT_ONCE):
        _take_accounts(chunk, accounts)


def _accounts(stream: JsonStream, name: str) -> Iterator[tuple[int, str, object]]:
    """Yield each account with its index and its user name."""
    for index, _ in enumerate(stream.elements()):
        account = stream.value()
        username = _username(account)
        if not username:
            raise broken(name, f"acct[{index}]", "the account has no user name (user).")
        yield index, username, account


def _take_accounts(chunk: Sequence[tuple[int, str, object]], accounts: AccountList) -> None:
    places, usernames, described = [], [], []
    for index, username, account in chunk:
        try:
            described.append(_fields(account))
        except BadInput as error:
            accounts.refuse(index, error, [username])
        else:
            places.append(index)
            usernames.append(username)
    names = {name for fields in described for name in fields}
    given = {name: [fields.get(name) for fields in described] for name in names}
    accounts.add(places, usernames, given)


def _refuse_failure(name: str, result: object, reason: object) -> None:
    if result not in _SUCCESS:
        why = quoted(str(reason)) if reason else "without a reason"
        raise BrokenFile(f"{name} holds no accounts: WHM answered with an error, {why}.")


def _username(account: object) -> str:
    user = account.get("user") if isinstance(account, dict) else None
    return account_name(user) if isinstance(user, str) else ""


def _fields(account: Any) -> Mapping[str, str]:
    """Return the account in the words that all sources share; what is null is not known."""
    given = {
        "domain": _text(account, "domain"),
        "email": _text(account, "email"),
        "plan": _text(account, "plan"),
        "created": _text(account, "unix_startdate"),
        "reseller": _text(account, "owner"),
    }
    fields = {field: text for field, text in given.items() if text is not None}
    if fields.get("email") == _UNKNOWN_EMAIL:
        fields["email"] = ""
    if fields.get("created") == "0":
        del fields["created"]
    if fields.get("reseller") == _SERVER_ITSELF:
        fields["reseller"] = ""
    return fields | _status(account)


def _status(account: Any) -> dict[str, str]:
    given = _text(account, "suspended") or ""
    if given not in _SUSPENDED:
        raise BadInput(f"suspended: {quoted(given)} is neither 0 nor 1.")
    suspended = _SUSPENDED[given]
    if suspended is None:
        return {}
    reason = (_text(account, "suspendreason") or "") if suspended else ""
    return {
        "status": "suspended" if suspended else "active",
        "status_reason": "" if reason == _NO_REASON else reason,
    }


def _text(account: Any, field: str) -> str | None:
    """Return a value as text; numbers and flags come as such or as text."""
    value = account.get(field)
    if value is None:
        return None
    if not isinstance(value, str | int):
        raise BadInput(f"{field}: this is neither a text nor a whole number.")
    return value.strip() if isinstance(value, str) else str(int(value))
