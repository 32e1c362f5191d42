"""What to ask a lane's groups of instances for, again and again. Pure: the clock is handed in,
in seconds.

Between what is asked for and what comes lie minutes, so what was asked for counts too.
"""

from dataclasses import dataclass, replace
from math import inf
from typing import Protocol

from processing.recipes.scaling import Desired, Fleet, Load, Policy, desired


class Group(Protocol):
    """A group of instances. Of those it was `asked` for, `launched` are there or starting."""

    @property
    def least(self) -> int: ...
    @property
    def most(self) -> int: ...
    @property
    def asked(self) -> int: ...
    @property
    def launched(self) -> int: ...


@dataclass
class Helm:
    """Steers one lane. It remembers what neither rows nor groups tell: when another number was
    asked for, and since when EC2 has not had all of it. One that forgets is patient anew."""

    policy: Policy
    asked_at: float = -inf
    missing_since: float | None = None

    def steer(
        self, load: Load, fleet: Fleet, *, group: Group, reserve: Group | None, now: float
    ) -> Desired:
        """What to ask the group for, and the reserve on demand; each within its own bounds."""
        missing = max(0, group.asked - group.launched)
        if not missing:
            self.missing_since = None
        elif self.missing_since is None:
            self.missing_since = now
        known = replace(
            fleet,
            asked=group.asked,
            missing=missing,
            missing_seconds=0 if self.missing_since is None else now - self.missing_since,
            seconds_since_change=min(fleet.seconds_since_change, now - self.asked_at),
        )
        answer = desired(load, known, self._bounded(group, reserve))
        if reserve:
            answer = replace(answer, on_demand=max(answer.on_demand, reserve.least))
        if (answer.workers, answer.on_demand) != (group.asked, reserve.asked if reserve else 0):
            self.asked_at = now
        return answer

    def _bounded(self, group: Group, reserve: Group | None) -> Policy:
        return replace(
            self.policy,
            least=group.least,
            most=group.most,
            on_demand_most=reserve.most if reserve else 0,
        )
