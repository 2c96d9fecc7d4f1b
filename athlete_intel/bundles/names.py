"""What a cluster is called, from what sets its members apart."""

import pandas as pd

_NAMED_FROM = 0.5
"""Spreads away from the typical athlete from which a feature is worth a name."""


def names(
    members: pd.DataFrame, profile: pd.DataFrame, catalogue: pd.DataFrame, clusters: list[int]
) -> list[tuple[str, str]]:
    """Name and reason of each cluster, from the two features in which its members' median stands out most."""
    labels = catalogue.set_index("feature")["label"]
    cluster_of = members.set_index("athlete_id")["cluster"]
    medians = profile.groupby(cluster_of.reindex(profile.index)).median()
    stories: list[tuple[str, str]] = []
    for cluster in clusters:
        distances = {str(name): float(value) for name, value in medians.loc[[cluster]].iloc[0].items()}
        strongest = sorted(distances, key=lambda name: -abs(distances[name]))[:2]
        standing_out = [(str(labels[n]), distances[n]) for n in strongest if abs(distances[n]) >= _NAMED_FROM]
        name = _in_words(standing_out)
        used = sum(other.split(" (")[0] == name for other, _ in stories)
        figures = "; ".join(
            f"{label}: {abs(value):.1f} spreads {'above' if value > 0 else 'below'} the typical athlete"
            for label, value in standing_out
        )
        if figures:
            figures = f"For the size of their audience: {figures}."
        stories.append((f"{name} ({used + 1})" if used else name, figures or "No feature stands out."))
    return stories


def _in_words(standing_out: list[tuple[str, float]]) -> str:
    """A name out of labels and how far they stand out; what two labels share is said once.

    >>> _in_words([("Median likes on Instagram", 1.4), ("Posts a week on Instagram", 0.9)])
    'High likes and posts a week on Instagram'
    >>> _in_words([("Salary, $ million", 2.0), ("Median likes on Twitter", -0.8)])
    'High salary, low likes on Twitter'
    """
    parts = [
        ("high" if value > 0 else "low", *_in_a_sentence(label.split(",")[0].removeprefix("Median ")).partition(" on "))
        for label, value in standing_out
    ]
    if not parts:
        return "Close to the typical athlete"
    if len(parts) == 2 and parts[0][0] == parts[1][0] and parts[0][2:] == parts[1][2:] and parts[0][3]:
        parts = [(parts[0][0], f"{parts[0][1]} and {parts[1][1]}", *parts[0][2:])]
    name = ", ".join(f"{direction} {what}{on}{platform}" for direction, what, on, platform in parts)
    return name[0].upper() + name[1:]


def _in_a_sentence(label: str) -> str:
    """A label with a small first letter, unless its first word is a name or an abbreviation."""
    first = label.split(" ")[0]
    keeps = first != first.capitalize() or first in ("Twitter", "Instagram", "Facebook", "Wikipedia")
    return label if keeps else label[0].lower() + label[1:]
