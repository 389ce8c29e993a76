"""What an import leaves in the database, and how it gets along with others who write."""

import json
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from models.drafts import JobDraft
from models.history_filter import HistoryFilter
from models.importing.batches import BATCH_SECONDS, LARGEST_BATCH, next_batch_size
from models.refusals import DatabaseBusy
from models.settings import Settings
from models.sqlite.bulk_writing import bulk_writing, merge_rarely, take_over
from models.sqlite.driver import library
from models.sqlite.write_lock import WriteLock
from models.staff.desk import StaffDesk
from models.staff.session import Actor
from models.text import fold
from tests.conftest import insert_account
from tests.models.import_files import JANUARY, account, counts, dump, load, whm, whm_account

LATER = JANUARY + 86_400 * 400


def many(number: int, **fields: Any) -> bytes:
    accounts = [
        whm_account(f"u{index}", owner=f"u{index % 7}", **fields) for index in range(number)
    ]
    return whm(*reversed(accounts))


def events(desk: StaffDesk, kind: str) -> list[tuple[int | None, int | None, Any, Any]]:
    """Return account, record, before and after of the history's entries of one kind."""
    query = "SELECT account_id, record, before, after FROM event WHERE kind = ? ORDER BY id"
    return [
        (account_id, record, json.loads(before), json.loads(after))
        for account_id, record, before, after in desk.database.execute_sql(query, (kind,))
    ]


def runs(desk: StaffDesk) -> list[tuple[Any, ...]]:
    query = (
        "SELECT source, server, finished_at >= started_at, added, changed, unchanged, skipped"
        " FROM import_run ORDER BY id"
    )
    return list(desk.database.execute_sql(query))


def test_the_same_again_changes_nothing(desk: StaffDesk) -> None:
    assert counts(load(desk, "whm", many(1200))) == (1200, 0, 0, 0)
    before = dump(desk)
    assert counts(load(desk, "whm", many(1200))) == (0, 0, 1200, 0)
    after = dump(desk)
    for table in ("account", "domain", "account_fts", "staff"):
        assert after[table] == before[table]
    assert desk.database.integrity_problems() == []


def test_each_run_and_each_changed_account_is_recorded(desk: StaffDesk) -> None:
    load(desk, "whm", whm(whm_account("a"), whm_account("b"), whm_account("b")), server="web1")
    assert events(desk, "account-added") == events(desk, "account-changed") == []
    renewed = whm_account("a", plan="Pro", domain="new.example", suspended=1)
    load(desk, "whm", whm(renewed, whm_account("b"), whm_account("c")), server="web1")
    a = account(desk, "a").id
    assert events(desk, "account-changed") == [
        (
            a,
            a,
            {"plan": "default", "status": "active", "domains": "a.example"},
            {"plan": "Pro", "status": "suspended", "domains": "new.example"},
        )
    ]
    assert runs(desk) == [("whm", "web1", 1, 2, 0, 0, 1), ("whm", "web1", 1, 1, 1, 1, 0)]
    assert events(desk, "import-run") == [
        (None, 1, {}, {"added": 2, "changed": 0, "unchanged": 0, "skipped": 1}),
        (None, 2, {}, {"added": 1, "changed": 1, "unchanged": 1, "skipped": 0}),
    ]
    versions = desk.database.execute_sql("SELECT username, version FROM account ORDER BY id")
    assert list(versions) == [("a", 2), ("b", 1), ("c", 1)]
    assert desk.history.page(HistoryFilter(account=a)).rows[0].actor == "anna"


def test_what_search_goes_by_follows_the_account(desk: StaffDesk) -> None:
    load(desk, "csv", "key,username,domain,person\n1,Ärger,a.example,Łukasz\n")
    changed = "key,username,domain,person\n1,Freude,b.example,Zoë\n"
    assert counts(load(desk, "csv", changed)) == (0, 1, 0, 0)
    ((folded, text, name),) = desk.database.execute_sql(
        "SELECT username_folded, search_text, name_folded FROM account JOIN domain"
        " ON account_id = account.id"
    )
    assert (folded, text, name) == ("freude", "\nfreude\nb.example\nzoe\n", "b.example")
    assert fold("Ärger") not in str(dump(desk)["account_fts"])
    assert desk.database.integrity_problems() == []


def test_a_key_comes_once_in_a_file(desk: StaffDesk) -> None:
    report = load(desk, "whm", whm(whm_account("a"), whm_account("b"), whm_account("a", plan="x")))
    assert counts(report) == (2, 0, 0, 1)
    assert (report.skipped[0].where, report.skipped[0].reason) == (
        "customers: acct[2]", '"a" came before, at customers: acct[0].'
    )  # fmt: skip
    assert account(desk, "a").plan == "default"


def test_servers_and_sources_keep_their_accounts_apart(desk: StaffDesk) -> None:
    for source, content in (("whm", whm(whm_account("a"))), ("csv", b"username\na\n")):
        for server in ("", "web1", "web2"):
            assert counts(load(desk, source, content, server=server)) == (1, 0, 0, 0)
            assert counts(load(desk, source, content, server=f" {server}\n")) == (0, 0, 1, 0)


def test_a_stranger_with_a_former_customers_name_inherits_nothing(desk: StaffDesk) -> None:
    load(desk, "whm", whm(whm_account("acme", domain="old.example")))
    job = desk.jobs.add(account(desk, "acme").id, JobDraft("Redesign"))
    before = account(desk, "acme")
    stranger = whm_account("acme", domain="new.example", unix_startdate=LATER)
    report = load(desk, "whm", whm(stranger))
    assert counts(report) == (0, 0, 0, 1)
    reason = report.skipped[0].reason
    for fact in ('"acme"', "account 1001", '"old.example"', '"new.example"', "2024-01-01"):
        assert fact in reason
    assert account(desk, "acme").domain == "old.example" == before.domain
    assert counts(load(desk, "whm", whm(stranger), server="web2")) == (1, 0, 0, 0)
    assert desk.jobs.get(job.id).account == before.id


@pytest.mark.parametrize(
    "fields",
    [
        {"unix_startdate": LATER, "domain": "old.example"},
        {"unix_startdate": JANUARY, "domain": "new.example"},
        {"unix_startdate": None, "domain": "new.example"},
        {"unix_startdate": LATER, "domain": "OLD.example "},
        {"unix_startdate": LATER, "domain": None},
    ],
)
def test_one_change_alone_is_the_same_customer(desk: StaffDesk, fields: dict[str, Any]) -> None:
    load(desk, "whm", whm(whm_account("acme", domain="old.example")))
    assert load(desk, "whm", whm(whm_account("acme", **fields))).skipped == ()
    assert account(desk, "acme").created is not None


def test_a_trial_writes_nothing_at_all(desk: StaffDesk) -> None:
    load(desk, "whm", whm(whm_account("a"), whm_account("r")))
    before = dump(desk)
    content = whm(whm_account("a", owner="r", plan="x"), whm_account("n"), whm_account("n"))
    report = load(desk, "whm", content, dry_run=True)
    assert counts(report) == (1, 1, 0, 1)
    assert dump(desk) == before
    assert load(desk, "whm", content) == report


def test_a_trial_does_not_even_note_who_made_it(path: Path) -> None:
    with closing(StaffDesk.open(path, Actor("stranger"))) as desk:
        load(desk, "whm", whm(whm_account("a")), dry_run=True)
        assert [row for row in dump(desk)["staff"] if "stranger" in row] == []


def test_the_configured_currency_is_used_and_named(path: Path) -> None:
    configured = Settings(default_currency="EUR")
    with closing(StaffDesk.open(path, Actor("anna"), settings=configured)) as desk:
        report = load(desk, "whm", whm(whm_account("a")))
        assert "is EUR, the default_currency of the configuration." in report.currency_note
        assert account(desk, "a").currency == "EUR"


@pytest.mark.parametrize("again", [False, True])
def test_progress_counts_every_account_of_a_phase_up_to_all(desk: StaffDesk, again: bool) -> None:
    if again:
        load(desk, "whm", many(1200))
    told: list[tuple[str, int, int | None]] = []
    content = many(1200).replace(b'"acct": [', b'"acct": [{"user":"x","suspended":9},', 1)
    report = load(desk, "whm", content, lambda *step: told.append(step))
    assert counts(report) == ((0, 0, 1200, 1) if again else (1200, 0, 0, 1))
    parsed = [step[1:] for step in told if step[0] == "parsed"]
    compared = [step[1:] for step in told if step[0] == "compared"]
    written = [step[1:] for step in told if step[0] == "written"]
    assert parsed == [(500, None), (1000, None)]
    assert compared[-1] == (1200, 1200)
    assert written[-1:] == ([] if again else [(1200, 1200)])
    assert len(written) >= (0 if again else 3)
    assert written == sorted(written)


class Stopped(Exception):
    """The test ends the import here."""


def test_an_interrupted_import_is_completed_by_the_same_again(desk: StaffDesk) -> None:
    def stop(phase: str, done: int, _total: int | None) -> None:
        if phase == "written" and done > 100:
            raise Stopped

    with pytest.raises(Stopped):
        load(desk, "whm", many(1000), stop)
    ((written,),) = desk.database.execute_sql("SELECT count(*) FROM account")
    assert 100 < written < 1000
    assert [run[2] for run in runs(desk)] == [None]
    assert counts(load(desk, "whm", many(1000))) == (1000 - written, 0, written, 0)
    assert [run[2] for run in runs(desk)] == [None, 1]


def test_batches_grow_and_shrink_to_take_their_time() -> None:
    assert next_batch_size(50, BATCH_SECONDS / 2) == 100
    assert next_batch_size(50, BATCH_SECONDS / 100) == 100
    assert next_batch_size(50, BATCH_SECONDS * 2) == 25
    assert next_batch_size(LARGEST_BATCH, 0.0) == LARGEST_BATCH
    assert next_batch_size(3, 60.0) == 1


def test_others_write_between_the_batches(desk: StaffDesk, path: Path) -> None:
    """A second connection, which refuses to wait, can write whenever the import looks up."""
    load(desk, "whm", whm(whm_account("first")), server="other")
    written = []

    with closing(StaffDesk.open(path, Actor("bob"))) as bob:
        bob.database.write_lock.timeout = 0.0

        def write(phase: str, done: int, _total: int | None) -> None:
            written.append(bob.jobs.add(1001, JobDraft(f"Job when {done} are {phase}")).id)

        load(desk, "whm", many(1500), write)
    assert len(written) >= 4
    assert len(set(written)) == len(written)


def test_an_import_that_cannot_go_on_says_how_far_it_came(desk: StaffDesk, path: Path) -> None:
    desk.database.write_lock.timeout = 0.05
    other = WriteLock(path.with_name(path.name + ".lock"), 10.0)

    def hold(phase: str, done: int, _total: int | None) -> None:
        if phase == "written" and done >= 50 and not other.held:
            other.acquire()

    with pytest.raises(DatabaseBusy, match="accounts were written before"):
        load(desk, "whm", many(1000), hold)
    other.release()
    assert sum(counts(load(desk, "whm", many(1000)))[:3:2]) == 1000


def test_two_imports_at_once_make_no_account_twice(path: Path) -> None:
    reports = []
    together = threading.Barrier(2, timeout=60)

    def run() -> None:
        def wait_for_the_other(phase: str, _done: int, _total: int | None) -> None:
            if phase == "compared":
                together.wait()

        with closing(StaffDesk.open(path, Actor("anna"))) as desk:
            reports.append(load(desk, "whm", many(400), wait_for_the_other))

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [sum(counts(report)) for report in reports] == [400, 400]
    assert sum(report.added for report in reports) == 400
    with closing(StaffDesk.open(path, Actor("anna"))) as desk:
        assert desk.account_count() == 400
        assert desk.database.integrity_problems() == []


def test_what_others_add_meanwhile_is_not_added_again(desk: StaffDesk, path: Path) -> None:
    others: list[tuple[int, int, int, int]] = []

    with closing(StaffDesk.open(path, Actor("bob"))) as bob:

        def add(phase: str, _done: int, _total: int | None) -> None:
            if phase == "written" and not others:
                others.append(counts(load(bob, "whm", many(400))))

        report = load(desk, "whm", many(400), add)
    assert others[0][1:] == (0, report.added, 0)
    assert counts(report) == (400 - others[0][0], 0, others[0][0], 0)
    assert 0 < report.added < 400
    assert desk.database.integrity_problems() == []


@pytest.mark.skipif(library().version < (3, 51), reason="the library cannot tell a log's length")
def test_a_log_is_taken_over_when_it_is_long_and_not_because_it_was(
    desk: StaffDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.sqlite.bulk_writing._LONGEST_LOG", 60)
    left = []
    with bulk_writing(desk.database):
        for number in range(40):
            insert_account(desk, f"u{number}")
            take_over(desk.database)
            ((_, pages, taken),) = desk.database.execute_sql("PRAGMA wal_checkpoint(NOOP)")
            left.append(pages - taken)
    assert max(left) < 60
    assert 2 <= left.count(0) <= 20


def test_the_first_thing_that_is_wrong_with_an_account_is_told(desk: StaffDesk) -> None:
    long = "x" * 501
    rows = [
        f"a,c,{long},,b",
        "b,,,gone,",
        f"c,{long},,gone,1",
        "d,,Pro,active,3000",
        f"e,,{long},gone,0",
    ]
    report = load(desk, "csv", "\n".join(["username,key,plan,status,id", *rows]))
    assert [(it.where, it.reason[:12]) for it in report.skipped] == [
        ("customers:2", "The field pl"),
        ("customers:3", 'status: "gon'),
        ("customers:4", "The key has "),
        ("customers:6", "The field pl"),
    ]
    assert (report.added, account(desk, "d").id) == (1, 3000)


def test_an_account_that_is_refused_leaves_its_key_to_a_later_one(desk: StaffDesk) -> None:
    report = load(desk, "csv", "username,status\na,gone\na,active\nb,\n")
    assert counts(report) == (2, 0, 0, 1)
    assert report.skipped[0].where == "customers:2"


def test_an_import_merges_what_a_stopped_one_put_off_in_the_search_index(desk: StaffDesk) -> None:
    with desk.session.writing():
        merge_rarely(desk.database)
    for number in range(12):
        insert_account(desk, f"before{number}")
    assert segments(desk) == 12
    load(desk, "whm", whm(whm_account("a")))
    assert segments(desk) == 1
    settings = desk.database.execute_sql("SELECT k, v FROM account_fts_config")
    assert dict(settings).items() >= {"automerge": 4, "crisismerge": 16}.items()
    assert [row.username for row in desk.search.page("before11").rows] == ["before11"]
    assert desk.database.integrity_problems() == []


def segments(desk: StaffDesk) -> int:
    """Return in how many parts the accounts' search index is."""
    query = "SELECT count(DISTINCT segid) FROM account_fts_idx"
    ((number,),) = desk.database.execute_sql(query)
    return int(number)


def test_reading_a_package_of_importers_loads_no_screen() -> None:
    code = "import models.importing, sys; print('textual' in sys.modules, 'rich' in sys.modules)"
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert answer.stdout == "False False\n"
