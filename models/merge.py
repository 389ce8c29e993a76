"""Two people edited one record: what becomes of each field, and what is left to choose.

A field is compared three ways: as the person found it (base), as the person typed it (mine) and as
the record says now (theirs). Where only one side changed it, that side is right; where both did,
and differently, there is a `Dispute`, which holds on to every text of both until it is settled.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

Value: TypeAlias = str | bool
"""What one field of a form holds: a text, the word of a choice, or whether a switch is on."""

Texts: TypeAlias = Mapping[str, Value]
"""All that a form holds, by the names of its fields."""

MINE: Final = 0
"""Where in the versions of a dispute the text stands that was typed before it was known."""

THEIRS: Final = 1
"""Where in the versions of a dispute the text of the others stands."""


@dataclass(frozen=True, slots=True)
class Dispute:
    """A field that two people changed differently; one of its versions stands in the form."""

    mine: Value
    theirs: Value
    more: tuple[Value, ...] = ()
    """What was typed over theirs."""
    at: int = MINE
    """Which version stands in the form."""
    is_decided: bool = False
    """Whether the person chose it, or typed it after the dispute was shown."""

    @property
    def versions(self) -> tuple[Value, ...]:
        """All texts of the field that a person may want, in the order in which one chooses."""
        return (self.mine, self.theirs, *self.more)

    @property
    def value(self) -> Value:
        """The version in the form."""
        return self.versions[self.at]

    @property
    def others(self) -> dict[int, Value]:
        """The versions that are not in the form, by their places; each text once."""
        found: dict[int, Value] = {}
        for at, value in enumerate(self.versions):
            if value != self.value and value not in found.values():
                found[at] = value
        return found

    def next(self) -> "Dispute":
        """Choose the next version; from mine it is theirs, and from the last one mine again."""
        return replace(self, at=(self.at + 1) % len(self.versions), is_decided=True)

    def typed(self, value: Value) -> "Dispute":
        """Take what stands in the form now; a text that was typed over theirs is a new version."""
        if value == self.value:
            return self
        more = [text for at, text in enumerate(self.versions) if at > THEIRS and at != self.at]
        known = (self.mine, self.theirs, *more)
        if value in known:
            return replace(self, more=tuple(more), at=known.index(value), is_decided=True)
        if self.at == MINE:
            return replace(self, mine=value, is_decided=True)
        return replace(self, more=(*more, value), at=len(known), is_decided=True)

    def meet(self, theirs: Value) -> "Dispute":
        """Take what the others have now; a choice that was made without knowing it is open again.

        Theirs that is no more what was chosen gives way to what they have now.
        """
        if theirs == self.theirs:
            return self
        more = tuple(text for text in self.more if text != theirs)
        if self.at == THEIRS:
            return Dispute(self.mine, theirs, more, THEIRS, self.mine == theirs)
        versions = (self.mine, theirs, *more)
        at = THEIRS if self.value == theirs else versions.index(self.value)
        return Dispute(self.mine, theirs, more, at, at == THEIRS)

    @property
    def is_settled(self) -> bool:
        """Whether nothing is left to choose."""
        return not self.others


@dataclass(frozen=True, slots=True)
class Merge:
    """What two people's changes to one record come to."""

    texts: dict[str, Value]
    """What the form is to hold, field by field."""
    taken: tuple[str, ...]
    """The fields that only the others changed."""
    disputes: dict[str, Dispute]
    """What is left to choose, or was chosen already, by field."""


def merge(
    base: Texts,
    mine: Texts,
    theirs: Texts,
    disputes: Mapping[str, Dispute] | None = None,
    governs: Mapping[str, Collection[str]] | None = None,
) -> Merge:
    """Return what becomes of each field of `theirs`.

    Args:
        base: the record as the person saw it.
        mine: what the person's form holds.
        theirs: the record as it is now.
        disputes: those that the form shows already.
        governs: fields that say what others mean, with those: if one side changed what such a
            field governs and the other side the field itself, the field is in dispute, too.
    """
    texts: dict[str, Value] = {}
    taken = []
    found: dict[str, Dispute] = {}
    for name, now in theirs.items():
        governed = (governs or {}).get(name, ())
        texts[name] = mine[name]
        if disputes and name in disputes:
            dispute = disputes[name].typed(mine[name]).meet(now)
            texts[name] = dispute.value
            if not dispute.is_settled:
                found[name] = dispute
        elif mine[name] == now:
            continue
        elif _both_changed(base, mine, theirs, (name, *governed)):
            found[name] = Dispute(mine[name], now)
        elif mine[name] == base[name]:
            texts[name] = now
            taken.append(name)
    return Merge(texts, tuple(taken), found)


def to_keep(texts: Texts, disputes: Mapping[str, Dispute]) -> dict[str, Value]:
    """Return what a form holds with every text of the person's, so that none of them is lost.

    A field in dispute has the text that was typed before that was known, whatever stands in the
    form; theirs is in the record. What was typed over theirs follows under names of its own.
    """
    kept = dict(texts)
    for name, dispute in disputes.items():
        versions = (dispute.mine, *dispute.more)
        kept |= {_name_of_version(name, at): value for at, value in enumerate(versions)}
    return kept


def kept_versions(kept: Texts, name: str) -> dict[str, Value]:
    """Return the texts of one field in what `to_keep` made, by their names there."""
    found: dict[str, Value] = {}
    while (key := _name_of_version(name, len(found))) in kept:
        found[key] = kept[key]
    return found


def kept_disputes(kept: Texts, theirs: Texts) -> dict[str, Dispute]:
    """Return the disputes in which something was typed over theirs, open again.

    Each has what was typed last in the form. All other disputes come of a `merge` again.
    """
    found = {}
    for name, now in theirs.items():
        mine, *more = kept_versions(kept, name).values() or [now]
        if more:
            found[name] = Dispute(mine, now, tuple(more), THEIRS + len(more))
    return found


def _name_of_version(name: str, at: int) -> str:
    return f"{name}/{at}" if at else name


def _both_changed(base: Texts, mine: Texts, theirs: Texts, names: Collection[str]) -> bool:
    return any(mine[name] != base[name] for name in names) and any(
        theirs[name] != base[name] for name in names
    )
