"""Writers that are killed at any moment: what was acknowledged is there, and nothing is half."""

import random
from contextlib import closing
from pathlib import Path

from models.drafts import JobDraft, TaskDraft
from models.staff.desk import StaffDesk
from models.staff.session import Actor
from tests.durability.ledger import Ledger
from tests.durability.nursery import KILLED, Nursery

KILLS = 300
WRITERS = 3
MOST_CHANGES = 6
LONGEST_WAIT = 0.02
"""How many changes are acknowledged before the next of the writers is killed, and how many seconds
more it lives, at most: it may be killed at its first statement, or in the middle of a later change.
"""

ALL_AT_ONCE = 0.2
"""How often all are killed, as when the machine's power is cut; else the others go on."""

KILLS_BETWEEN_CHECKS_OF_THE_FILE = 25


def test_no_acknowledged_change_is_lost_and_none_is_half_when_writers_are_killed(
    path: Path, workers: Nursery, chance: random.Random
) -> None:
    with closing(StaffDesk.open(path, Actor("anna", "Anna"))) as desk:
        for number in range(4):
            task = TaskDraft("Wireframes", rate="75", time="2:30")
            desk.jobs.add(1001, JobDraft(f"Job {number}"), task)
    ledger = Ledger(path)
    alive: list[int] = []
    killed = 0
    while killed < KILLS:
        while len(alive) < WRITERS:
            alive.append(workers.start("write", path, f"{chance.getrandbits(64):x}"))
        said = workers.hear(chance.randint(0, MOST_CHANGES), chance.uniform(0, LONGEST_WAIT))
        victims = alive if chance.random() < ALL_AT_ONCE else [chance.choice(alive)]
        assert workers.kill(*victims) == {KILLED}
        alive = [writer for writer in alive if writer not in victims]
        ledger.check(what for _, what in said + workers.hear())
        before, killed = killed, killed + len(victims)
        if killed // KILLS_BETWEEN_CHECKS_OF_THE_FILE > before // KILLS_BETWEEN_CHECKS_OF_THE_FILE:
            ledger.check_file()
    assert workers.kill(*alive) <= {KILLED}
    ledger.check(what for _, what in workers.hear())
    ledger.check_file()
    assert ledger.acknowledged > KILLS
