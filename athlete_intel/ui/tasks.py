"""A thing that a person is asked to do, and which of several come first."""

from collections.abc import Mapping
from dataclasses import dataclass, field

ACT, LOOK, KNOW = 0, 1, 2
"""How urgent: something is wrong; something waits; nothing waits, and this is where to begin."""
_ICONS = {ACT: ":material/priority_high:", LOOK: ":material/schedule:", KNOW: ":material/info:"}
_MOST = 3


@dataclass(frozen=True)
class Task:
    """One thing to do: how urgent, what in a few words, why in a sentence, and the page where it is done."""

    urgency: int
    title: str
    why: str
    page: str
    label: str
    query: Mapping[str, str] = field(default_factory=dict)

    @property
    def icon(self) -> str:
        """A Material icon for the urgency."""
        return _ICONS[self.urgency]


def most_urgent(tasks: list[Task]) -> list[Task]:
    """The three most urgent; among equally urgent ones those named first.

    >>> [task.title for task in most_urgent([Task(KNOW, "a", "", "", ""), Task(ACT, "b", "", "", "")])]
    ['b', 'a']
    """
    return sorted(tasks, key=lambda task: task.urgency)[:_MOST]
