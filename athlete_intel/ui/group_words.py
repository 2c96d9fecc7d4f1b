"""What groups of athletes alike say, in sentences. Pure functions; nothing here needs streamlit."""

import pandas as pd

from athlete_intel.bundles.clusters import NOISE
from athlete_intel.bundles.identity import GONE, members_went
from athlete_intel.bundles.joining import DAYS_KEPT, MOST_CHANGED
from athlete_intel.bundles.stability import STABLE
from athlete_intel.ui import formats as f

_STATES = {
    "new": "It is new.",
    "split off": "It split off from {others}.",
    "merged": "It took in {others}.",
}


def identity_sentence(group: pd.Series) -> str:
    """How sure it is that a group is one, and what became of it when groups were formed.

    >>> group = pd.Series({"identity": "C3", "name": "Golfers", "stability": 0.93, "state": "split off",
    ...     "came_from": "C1", "went_to": "", "kept": None})
    >>> print(identity_sentence(group))
    The group “Golfers” is no accident: formed again with other athletes, it comes back 93% alike. It split off from C1.
    """
    alike = f.percent(group["stability"])
    told = f"The group “{group['name']}” is no accident: formed again with other athletes, it comes back {alike} alike."
    return f"{told} {became(group)}".strip()


def became(group: pd.Series) -> str:
    """What became of a group when groups were formed.

    >>> group = {"identity": "C1", "state": "merged", "came_from": "C1, C2", "went_to": "C5", "kept": 0.6}
    >>> became(pd.Series(group))
    'It took in C2. 60% of its former members are still in it; a large part is now in C5.'
    >>> became(pd.Series({**group, "state": "gone", "went_to": "C4, C5"}))
    'It is gone; its members are mostly in C4 and C5.'
    """
    went = _and(str(group["went_to"] or "").split(", "))
    if group["state"] == GONE:
        return (
            f"It is gone; its members are mostly in {went}." if went else "It is gone; its members are in no one group."
        )
    others = [name for name in str(group["came_from"] or "").split(", ") if name != group["identity"]]
    told = _STATES.get(str(group["state"]), "").format(others=_and(others))
    if not f.missing(group["kept"]):
        told += f" {f.percent(group['kept'])} of its former members are still in it"
        told += f"; a large part is now in {went}." if went else "."
    return told.strip()


def told_apart(groups: pd.DataFrame) -> pd.DataFrame:
    """The groups, where those of a first formation, of which each is new, are not called so.

    Args:
        groups: the published table `cluster_groups`.

    >>> told_apart(pd.DataFrame({"state": ["new", "new"]}))["state"].tolist()
    ['', '']
    >>> told_apart(pd.DataFrame({"state": ["new", "same"]}))["state"].tolist()
    ['new', 'same']
    """
    return groups.assign(state="") if (groups["state"] == "new").all() else groups


def beside_offered(groups: pd.DataFrame) -> str:
    """Which groups stand in the list beside those on offer; empty where all are offered.

    Args:
        groups: the published table `cluster_groups`.

    >>> groups = pd.DataFrame({"state": ["same", "same", "gone"], "offered": [True, False, False]})
    >>> beside_offered(groups), beside_offered(groups.head(1))
    ('Also those that come back too little alike to be offered, and those that are gone.', '')
    """
    gone = groups["state"] == GONE
    loose = (
        "those that come back too little alike to be offered" if (~groups["offered"].astype(bool) & ~gone).any() else ""
    )
    parts = [part for part in (loose, "those that are gone" if gone.any() else "") if part]
    return f"Also {', and '.join(parts)}." if parts else ""


def bundle_gone(bundle_id: str, groups: pd.DataFrame) -> str | None:
    """What became of a bundle that a link names and that is not offered now; nothing where it never was.

    Args:
        bundle_id: identity of its group, and its size.
        groups: the published table `cluster_groups`.
    """
    identity, _, size = bundle_id.rpartition("-")
    known = groups[groups["identity"] == identity]
    if known.empty:
        return None
    if known.iloc[0]["state"] == GONE:
        return f"The link names a bundle of group {identity}, which is gone. {where_members_are(identity, groups)}"
    if not known.iloc[0]["offered"]:
        told = (
            f"The link names a bundle of {known.iloc[0]['name']}, a group that comes back too little alike to be "
            "offered now"
        )
        return f"{told}: {f.percent(known.iloc[0]['stability'])} alike, where {f.percent(STABLE)} is asked."
    return f"The link names a {size} bundle of {known.iloc[0]['name']}, which is not offered in that size now."


def where_members_are(identity: str, groups: pd.DataFrame) -> str:
    """Where the members of a group that is gone are today.

    >>> groups = pd.DataFrame({"identity": ["C1", "C2"], "name": ["Much liked", ""], "state": ["same", "gone"],
    ...     "went_to": ["", "C1"]})
    >>> where_members_are("C2", groups)
    'Its members are mostly in C1, Much liked.'
    """
    went = members_went(identity, groups)
    if not went:
        return "Its members are in no one group now."
    names = groups.set_index("identity")["name"]
    return f"Its members are mostly in {_and([f'{name}, {names[name]}' for name in went])}."


def membership_sentence(athlete: pd.Series, memberships: pd.DataFrame, groups: pd.DataFrame) -> str:
    """How much of each group is in an athlete, the most first; nothing where nothing is known.

    Args:
        athlete: athlete_id, name, exemplar.
        memberships: the published table `cluster_memberships`.
        groups: the published table `cluster_groups`.

    >>> groups = pd.DataFrame({"identity": ["C1", "C2"], "name": ["Much liked", "Much shared"]})
    >>> memberships = pd.DataFrame({"athlete_id": "a", "identity": ["C1", "C2"], "membership": [0.2, 0.6]})
    >>> membership_sentence(pd.Series({"athlete_id": "a", "name": "Ana", "exemplar": True}), memberships, groups)
    'Membership of Ana: 60% in C2, Much shared; 20% in C1, Much liked. Typical of the own group.'
    """
    own = memberships[memberships["athlete_id"] == athlete["athlete_id"]]
    own = own.sort_values(["membership", "identity"], ascending=[False, True]).head(_MOST_GROUPS)
    names = groups.set_index("identity")["name"]
    parts = [
        f"{f.percent(share)} in {identity}, {names.get(identity, '')}"
        for identity, share in own[["identity", "membership"]].to_numpy()
    ]
    if not parts:
        return ""
    heart = " Typical of the own group." if athlete["exemplar"] else ""
    return f"Membership of {athlete['name']}: {'; '.join(parts)}.{heart}"


_MOST_GROUPS = 3


def formed_sentence(formation: pd.Series, clusters: pd.DataFrame) -> str:
    """When groups were formed and why, and who came and left since.

    Args:
        formation: the row of the published table `cluster_formation`.
        clusters: the published table `clusters`.

    >>> formation = pd.Series({"formed_at": "2026-03-03", "athletes": 5, "why": "The groups before were 28 days old."})
    >>> clusters = pd.DataFrame({"cluster": [0, 1, 1, -1, 0, 0, -1], "joined": [False] * 4 + [True] * 3})
    >>> formed_sentence(formation, clusters.head(4))
    'Groups were formed on 3 March 2026: the groups before were 28 days old. 1 athlete has left since.'
    >>> formed_sentence(formation.replace(5, 4), clusters).partition(". ")[2]
    '2 athletes who came since joined the group they are most like, 1 is in none.'
    """
    why = str(formation["why"])
    told = [f"Groups were formed on {f.day(formation['formed_at'])}: {why[:1].lower()}{why[1:]}"]
    joined = clusters["joined"].astype(bool)
    alone = int((joined & (clusters["cluster"] == NOISE)).sum())
    placed, left = int(joined.sum()) - alone, int(formation["athletes"]) - int((~joined).sum())
    if placed:
        like = "they are most like" if placed > 1 else "most alike"
        in_none = f", {f.count(alone)} {'is' if alone == 1 else 'are'} in none" if alone else ""
        told.append(f"{f.some(placed, 'athlete')} who came since joined the group {like}{in_none}.")
    elif alone:
        told.append(f"{f.some(alone, 'athlete')} who came since {'is' if alone == 1 else 'are'} in none.")
    if left:
        told.append(f"{f.some(left, 'athlete')} {'has' if left == 1 else 'have'} left since.")
    return " ".join(told)


RENEWAL = (
    f"Groups are formed anew after {DAYS_KEPT} days of data, or when more than {f.percent(MOST_CHANGED)} of the "
    "athletes came or left. Until then nobody who is in a group leaves it; who comes joins the group most alike, and "
    "who is in none is looked at again each time."
)


def settings_sentence(settings: pd.DataFrame) -> str:
    """How the settings of the clustering were chosen, and which were.

    Args:
        settings: the published table `cluster_settings`.
    """
    if settings.empty or not settings["chosen"].astype(bool).any():
        return "No setting found three groups or more, none of which holds more than half of all athletes."
    taken = settings[settings["chosen"].astype(bool)].iloc[0]
    where = "on the plane of the two main directions" if taken["on_plane"] else "in all directions"
    stable = (
        f", and {f.percent(taken['stable'])} of the athletes are in groups that came back"
        if not f.missing(taken["stable"])
        else ""
    )
    return (
        f"{f.some(len(settings), 'setting')} were tried. Taken is the one with the highest density-based validity "
        f"({taken['validity']:.2f}) whose groups come back in resamples: groups of at least "
        f"{f.percent(taken['size_share'])} of the athletes, with {f.count(taken['neighbours'])} neighbours, "
        f"sought {where}. "
        f"It leaves {f.percent(taken['noise'])} in no group{stable}."
    )


def thinned_sentence(shown: int, athletes: int, of_a_group: bool) -> str:
    """That a map shows not everybody; nothing where it does.

    Args:
        shown: how many it shows.
        athletes: how many there are.
        of_a_group: whether the bundle is made of one group; a mix of all has none that could be shown whole.

    >>> thinned_sentence(640, 1_200, True), thinned_sentence(238, 238, True)
    ('The map shows 640 of 1,200 athletes: everybody in this bundle and its group, and some of the others.', '')
    >>> thinned_sentence(416, 1_200, False)
    'The map shows 416 of 1,200 athletes: everybody in this bundle, and some of the others.'
    """
    if shown == athletes:
        return ""
    whole = "this bundle and its group" if of_a_group else "this bundle"
    return (
        f"The map shows {f.count(shown)} of {f.some(athletes, 'athlete')}: everybody in {whole}, and some of the "
        "others."
    )


def outside_sentence(clusters: pd.DataFrame) -> str:
    """How many athletes on the map belong to no group on offer, and why.

    Args:
        clusters: cluster (below 0 for none), identity (missing where no group on offer).

    >>> outside_sentence(pd.DataFrame({"cluster": [0, 1, 1, -1], "identity": ["C1", None, None, None]}))
    '1 athlete (25%) is unlike any group; 2 (50%) are in groups that come back too little alike to be offered.'
    >>> outside_sentence(pd.DataFrame({"cluster": [0], "identity": ["C1"]}))
    'Every athlete belongs to a group on offer; bundles hold those who bring most.'
    """
    alone = clusters["cluster"] < 0
    parts: list[str] = []
    for count, where in (
        (int(alone.sum()), "unlike any group"),
        (int((~alone & clusters["identity"].isna()).sum()), "in groups that come back too little alike to be offered"),
    ):
        if count:
            who = f.count(count) if parts else f.some(count, "athlete")
            parts.append(f"{who} ({f.percent(count / len(clusters))}) {'is' if count == 1 else 'are'} {where}")
    if parts:
        return f"{'; '.join(parts)}."
    return "Every athlete belongs to a group on offer; bundles hold those who bring most."


def found_on_map(athlete: pd.Series, members: pd.DataFrame, groups: pd.DataFrame) -> str:
    """Who a point on the map is, and where the athlete stands."""
    name = athlete["name"]
    if athlete["athlete_id"] in set(members["athlete_id"]):
        return f"The point is {name}, who is in this bundle."
    group = groups[groups["identity"] == athlete["identity"]]
    if group.empty:
        return f"The point is {name}, who is in no group on offer."
    return f"The point is {name}, of the group {group.iloc[0]['name']}; not in this bundle."


def _and(names: list[str]) -> str:
    """Names in one text.

    >>> _and(["C1", "C2", "C3"]), _and([""])
    ('C1, C2 and C3', '')
    """
    told = [name for name in names if name]
    return " and ".join(filter(None, [", ".join(told[:-1]), told[-1]])) if told else ""
