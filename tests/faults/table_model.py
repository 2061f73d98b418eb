"""What a table should be: a dictionary, the rules of what is done to it, and every state that it has had."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, Self

Told = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Step:
    """One operation on one key.

    ``condition``: the entry must be as the model holds it, or as it was before (``stale``), or there must be ``any``,
    or none (``new``); without one it does not matter.
    """

    op: Literal["put", "delete", "increment", "ttl"]
    key: str
    value: Any = None
    by: int = 1
    ttl: int | None = None
    condition: Literal["", "held", "stale", "any", "new"] = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """What the model holds under a key; ``at`` is the offset of its last change."""

    value: Any
    at: int
    runs_out: bool = False


@dataclass(frozen=True, slots=True)
class Model:
    """A table after some changes; ``history`` is what it was after each, beginning with nothing."""

    epoch: str
    kept: dict[str, Kept]
    history: tuple[dict[str, Any], ...] = ({},)

    @property
    def offset(self) -> int:
        """How many changes there were."""
        return len(self.history) - 1

    @property
    def version(self) -> str:
        """The table's version, as programs see it."""
        return f"{self.epoch}.{self.offset}"

    def after_all(self, steps: Sequence[Step]) -> tuple[int, Self, list[Told]]:
        """Do some steps, all or none.

        :return: the status of the first that cannot be done, or 200; what the table is then; the steps as programs
            spell them, each with the version of which it thinks.
        """
        now, told = self, []
        for step in steps:
            told.append(now.spell(step))
            status, now = now.after(step)
            if status >= 400:
                return status, self, told
        return 200, now, told

    def after(self, step: Step) -> tuple[int, Self]:
        """Do one step; return the answer's status, and what the table is then."""
        kept = self.kept.get(step.key)
        if not {"": True, "held": kept, "any": kept, "stale": False, "new": kept is None}[step.condition]:
            return 412, self
        if kept is None and step.op in ("delete", "ttl"):
            return 404, self
        if step.op == "increment" and kept is not None and not isinstance(kept.value, int):
            return 422, self
        return 200 if kept is not None else 201, self._with(step.key, self._kept_after(step, kept))

    def spell(self, step: Step) -> Told:
        """A step as it stands in a batch."""
        told: Told = {"op": step.op, "key": step.key}
        if step.op == "put":
            told["value"] = step.value
        if step.op == "increment":
            told["by"] = step.by
        if step.op == "ttl" or (step.op != "delete" and step.ttl is not None):
            told["ttl"] = step.ttl
        if step.condition == "new":
            told["if_none_match"] = "*"
        elif step.condition == "any":
            told["if_match"] = "*"
        elif step.condition:
            kept = self.kept.get(step.key)
            told["if_match"] = f"{self.epoch}.{0 if kept is None else kept.at - (step.condition == 'stale')}"
        return told

    def _kept_after(self, step: Step, kept: Kept | None) -> Kept | None:
        at, runs_out = self.offset + 1, step.ttl is not None
        if step.op == "put":
            return Kept(step.value, at, runs_out)
        if step.op == "increment":
            before = kept or Kept(0, at)
            return Kept(before.value + step.by, at, runs_out or before.runs_out)
        return Kept(kept.value, at, runs_out) if step.op == "ttl" and kept is not None else None

    def _with(self, key: str, kept: Kept | None) -> Self:
        after = {name: one for name, one in self.kept.items() if name != key}
        if kept is not None:
            after[key] = kept
        state = {name: one.value for name, one in after.items()}
        return replace(self, kept=after, history=(*self.history, state))
