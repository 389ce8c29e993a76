"""Search in jobs: which words of which records, the newest first, within whose reach."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import models.staff.search
from models.drafts import JobDraft
from models.refusals import BadInput
from models.sqlite import work_index
from models.staff.desk import StaffDesk
from models.tables import Job, Note, Task
from models.values import Count, Found, JobHit, JobStatus, Order
from tests.conftest import insert_account
from tests.models.desks import hourly, undone


def found(desk: StaffDesk, text: str) -> list[int]:
    """Return the jobs that a search finds, in its order."""
    page = desk.search.jobs(text)
    assert desk.search.count(text) == Count(len(page.rows))
    return [hit.id for hit in page.rows]


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        ("redesign", None, None),
        ("REDES", None, None),
        ("site redesign", None, None),
        ("Über", "details", "And the Überschrift too."),
        ("uberschrift site", "details", "And the Überschrift too."),
        ("po-12", "reference", "PO-1234"),
        ("wire", "task", "Wireframes"),
        ("scribbled", "task", "Scribbled by hand"),
        ("jane", "note", "Call Jane (again)"),
        ("site wire jane", "task", "Wireframes"),
        ('"call jane"', "note", "Call Jane (again)"),
        ("e-mail", "note", "or by e-mail"),
    ],
)
def test_a_job_is_found_by_the_words_of_all_its_records(
    desk: StaffDesk, text: str, where: str | None, what: str
) -> None:
    acme = insert_account(desk, "acme", company="Acme GmbH", person="Jane")
    details = "Two pages.\nAnd the Überschrift too."
    job = desk.jobs.add(acme, JobDraft("Site redesign", details=details, reference="PO-1234")).id
    desk.tasks.add(job, hourly(note="Scribbled by hand"))
    desk.notes.add(job, "Call Jane (again)\nor by e-mail")
    desk.jobs.add(acme, JobDraft("Unrelated"))
    hit = JobHit(
        job,
        acme,
        "acme",
        "Acme GmbH",
        "Site redesign",
        JobStatus.NEW,
        None if where is None else Found(where, what),
    )
    assert desk.search.jobs(f"job:{text}").rows == (hit,)


@pytest.mark.parametrize("text", ["edesign", "site other", "-", "* -", "site (", "jane"])
def test_what_no_job_has_is_not_found(desk: StaffDesk, acme: int, text: str) -> None:
    desk.jobs.add(acme, JobDraft("Site redesign"))
    hits = ["site ("]
    assert bool(found(desk, f"job:{text}")) == (text in hits)


def test_the_newest_job_comes_first_whatever_was_written_last(desk: StaffDesk, acme: int) -> None:
    first, second, third = (desk.jobs.add(acme, JobDraft(f"Logo {name}")).id for name in "abc")
    desk.tasks.add(first, hourly(description="Logo again"))
    assert found(desk, "job:logo") == [third, second, first]
    assert found(desk, "job:") == [third, second, first]
    assert found(desk, f"#{second}") == [second]
    windows = [desk.search.jobs("job:logo", offset, 1) for offset in range(4)]
    assert [hit.id for window in windows for hit in window.rows] == [third, second, first]
    assert [(window.total, window.exact) for window in windows] == [(1, False), *[(3, True)] * 3]
    with pytest.raises(ValueError, match="cannot be sorted"):
        desk.search.jobs("job:logo", order=Order("id"))


def test_the_count_stops_at_its_limit(
    desk: StaffDesk, acme: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models.staff.search, "COUNT_LIMIT", 2)
    for _ in range(3):
        desk.jobs.add(acme, JobDraft("Logo"))
    assert desk.search.count("job:logo") == Count(2, exact=False)
    assert len(desk.search.jobs("job:logo").rows) == 2


def test_what_is_removed_is_not_found_until_it_is_back(desk: StaffDesk, acme: int) -> None:
    job = desk.jobs.add(acme, JobDraft("Logo")).id
    task = desk.tasks.add(job, hourly(description="Sketch"))
    note = desk.notes.add(job, "Blue")
    desk.tasks.remove(task.id)
    assert found(desk, "job:sketch") == []
    desk.undo.undo()
    assert found(desk, "job:sketch") == [job]
    desk.notes.remove(note.id)
    assert found(desk, "job:logo blue") == []
    desk.undo.undo()
    assert found(desk, "job:logo blue") == [job]
    desk.jobs.remove(job)
    for text in ("job:logo", "job:sketch", "job:blue", "job:", f"#{job}"):
        assert found(desk, text) == []
    desk.undo.undo()
    for text in ("job:logo", "job:sketch", "job:blue", "job:", f"#{job}"):
        assert found(desk, text) == [job]


def test_filters_and_words_are_about_the_account_of_the_job(desk: StaffDesk) -> None:
    acme = insert_account(desk, "acme", status="suspended")
    other = insert_account(desk, "other")
    of_acme, of_other = (desk.jobs.add(account, JobDraft("Logo")).id for account in (acme, other))
    assert found(desk, "job:logo status:suspended") == [of_acme]
    assert found(desk, "other job:logo") == [of_other]
    assert found(desk, "job:logo user:acme status:active") == []
    assert found(desk, f"#{of_acme} status:active") == []
    for asked, text in ((desk.search.page, "job:logo"), (desk.search.jobs, "logo")):
        with pytest.raises(BadInput, match="job:"):
            asked(text)


def test_nobody_finds_a_job_by_what_they_may_not_read(
    desk: StaffDesk, open_desk: Callable[..., StaffDesk]
) -> None:
    hub, rival = (insert_account(desk, name, is_reseller=True) for name in ("hub", "rival"))
    mine = insert_account(desk, "mine", reseller=hub)
    rosa, rick = open_desk("rosa", hub), open_desk("rick", rival)
    job = rosa.jobs.add(mine, JobDraft("Logo")).id
    rosa.notes.add(job, "Secret remark")
    rosa.notes.add(job, "Public remark", visible_to_customer=True)
    own = desk.jobs.add(hub, JobDraft("Host logo")).id
    desk.notes.add(own, "Host remark")
    assert found(rosa, "job:secret") == found(rosa, "job:logo public") == [job]
    assert found(desk, "job:secret") == found(desk, "job:logo secret") == []
    assert found(desk, "job:public") == found(desk, "job:logo public") == [job]
    assert found(desk, "job:remark") == [own, job]
    assert found(rosa, "job:remark") == found(rosa, "job:logo") == found(rosa, "job:") == [job]
    assert found(rosa, f"#{own}") == []
    for text in ("job:logo", "job:remark", "job:", f"#{job}", f"#{own}"):
        assert found(rick, text) == []
    # What is told of a job is nothing out of reach either.
    hit = desk.search.jobs("job:remark").rows[1]
    assert hit.found == Found("note", "Public remark")


words = st.lists(st.sampled_from(["a", "ab", "abc", "b", "bc", "Äb", "c"]), max_size=3)
records = st.lists(st.tuples(st.sampled_from("jtn"), words), max_size=4)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
@given(st.lists(records, max_size=6), words.filter(bool), st.integers(1, 2))
def test_all_words_must_occur_in_whatever_record(
    desk: StaffDesk, jobs: list[list[tuple[str, list[str]]]], sought: list[str], steps: int
) -> None:
    with pytest.MonkeyPatch.context() as patch, undone(desk):
        patch.setattr(work_index, "STEPS", steps)
        account = insert_account(desk, "acme")
        staff = desk.session.acting_staff()
        expected: list[int] = []
        for texts in jobs:
            job = int(
                Job.insert(
                    account=account, description="x", currency="USD", created_at=0, created_by=staff
                ).execute()
            )
            held = []
            for kind, tokens in texts:
                text = " ".join(["x", *tokens])
                held += tokens
                if kind == "j":
                    Job.update(details=Job.details.concat(f" {text}")).where(
                        Job.id == job
                    ).execute()
                elif kind == "n":
                    Note.insert(job=job, author=staff, body=text, at=0).execute()
                else:
                    Task.insert(
                        job=job, description=text, pricing="free", amount_minor=0, entered_at=0,
                        entered_by=staff,
                    ).execute()  # fmt: skip
            folded = [token.lower().replace("ä", "a") for token in held]
            beginnings = [word.lower().replace("ä", "a") for word in sought]
            if all(any(token.startswith(word) for token in folded) for word in beginnings):
                expected.insert(0, job)
        assert found(desk, f"job:{' '.join(sought)}") == expected
