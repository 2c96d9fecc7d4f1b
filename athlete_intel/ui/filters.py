"""Search, filters and choices that live in the address of a page, so that a view can be sent to a colleague."""

import unicodedata
from collections.abc import Callable, Iterable
from contextlib import suppress

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from athlete_intel.ui import formats, sign_in

BRAND = (
    *("side", "size", "most_cost", "bundle_sports", "women_share", "questioned", "chance"),
    *("campaign", "budget", "goal", "plan_sports", "plan_countries", "athletes"),
    *("most", "spread", "share", "women", "newcomers", "rare", "with", "without"),
)
"""What the addresses of bundles, plans and campaigns hold."""
_FORGOTTEN = "choices_forgotten"
_MOST_EXACT = 2**53 - 1
_PAUSE = "20ms"
"""A search begins after so long without another letter: less than lies between two letters, so nobody waits for it."""
PROFILE = ("kind", "sport", "league", "team", "position", "country", "gender")


def keep_in_address(param: str, value: str) -> None:
    """Write a parameter into the address if it does not stand there yet.

    Each write sends the whole address as the server knows it, and so takes away what the browser has just put there.
    """
    if st.query_params.get(param, "") != value:
        st.query_params[param] = value


def linked_choice(
    label: str,
    options: list[str],
    param: str,
    names: Callable[[str], str],
    help: str = "",
    everything: Iterable[str] = (),
) -> str:
    """A select box whose choice stands in the address as `param`, by identity rather than by name.

    The choice outlives a visit to another page. An address that names something unknown is told, not ignored; so is one
    that names what filters hide, which is in `everything` and not in the options.
    """
    wanted = st.query_params.get(param)
    if wanted in options:
        st.session_state[param] = wanted
    elif wanted in set(everything):
        told = formats.plain(f"The filters hide the {label.lower()} that was open; another one is shown.")
        st.info(told, icon=":material/filter_alt:")
    else:
        tell_unknown(param, options)
    if st.session_state.get(param) not in options:
        st.session_state[param] = options[0]

    def write_address() -> None:
        st.query_params[param] = st.session_state[param]

    chosen = st.selectbox(
        label,
        options,
        format_func=names,
        key=param,
        help=help or None,
        on_change=write_address,
        persist_state="session",
    )
    keep_in_address(param, chosen)
    return chosen


def tell_unknown(param: str, options: Iterable[object], instead: str = "Another one is shown.") -> bool:
    """Say so where the address names, as `param`, what is none of the options, and what stands there instead."""
    wanted, known = st.query_params.get(param), [str(option) for option in options]
    if not wanted or wanted in known:
        return False
    told = f"The link names {wanted!r}, which is not in this data set. {instead if known else ''}"
    st.warning(formats.plain(told.strip()), icon=":material/link_off:")
    return True


def athlete_choice(options: list[str], names: Callable[[str], str]) -> str | None:
    """Whose earnings are shown: anybody's to choose, or those of the athlete who is signed in and no other.

    Nobody's where the link names who is not in the data set, until somebody is chosen: another one's pay would be taken
    for it. Where the link names another athlete than the own one, that is told; where the own one is not in the data
    set, the run ends in words.
    """
    who = sign_in.person()
    if who is None or who.sees_every_athlete:
        if tell_unknown("athlete", options, "Choose whom to see."):
            return _first_choice("Athlete", options, "athlete", names)
        return linked_choice("Athlete", options, "athlete", names)
    if who.athlete_id is None or who.athlete_id not in options:
        st.title("Earnings", anchor=False)
        told = "You are not in this data set under the id that the list of people has for you. Ask whoever keeps it."
        st.error(told, icon=":material/person_off:")
        st.stop()
    if st.query_params.get("athlete", who.athlete_id) != who.athlete_id:
        told = "The link is for another athlete, whose earnings you cannot see. Your own follow."
        st.warning(told, icon=":material/link_off:")
    return who.athlete_id


def _first_choice(label: str, options: list[str], param: str, names: Callable[[str], str]) -> str | None:
    """The same box as that of `linked_choice`, in which nothing is chosen yet."""
    st.session_state.pop(param, None)

    def write_address() -> None:
        st.query_params[param] = st.session_state[param]

    return st.selectbox(
        label, options, index=None, format_func=names, key=param, placeholder="Choose", on_change=write_address
    )


def linked_choices(
    label: str,
    options: list[str],
    param: str,
    names: Callable[[str], str],
    most: int,
    default: list[str],
    placeholder: str = "Choose athletes",
    keeps: bool = True,
    why_not: Callable[[str], str | None] = lambda _: None,
    told: DeltaGenerator | None = None,
) -> list[str]:
    """A box for up to `most` choices, which stand in the address as `param=a,b,c`, by identity.

    Without the parameter the choices of before stand, and at first the default. What the address names beyond `most`,
    or what is not there, is told, not ignored.

    Args:
        label: of the box.
        options: identities.
        param: in the address.
        names: of the options.
        most: choices at most.
        default: chosen at first.
        placeholder: of the empty box.
        keeps: whether the choices outlive a visit to another page.
        why_not: what to say of an identity that is no option; None where it is not in the data set.
        told: where what is wrong with a link is told; None for above the box.
    """
    wanted, tell = st.query_params.get(param), told or st
    if wanted is not None:
        named = split_ids(wanted, options)
        known = [name for name in named if name in options]
        reasons = {name: why_not(name) for name in named if name not in options}
        for reason in filter(None, reasons.values()):
            tell.warning(formats.plain(reason), icon=":material/link_off:")
        if unknown := [repr(name) for name, reason in reasons.items() if not reason]:
            verb = "which is" if len(unknown) == 1 else "which are"
            tell.warning(
                formats.plain(f"The link names {', '.join(unknown)}, {verb} not in this data set."),
                icon=":material/link_off:",
            )
        if len(known) > most:
            tell.warning(f"The link names {len(known)}; the first {most} stand here.", icon=":material/link_off:")
        st.session_state[param] = known[:most]
    else:
        before = st.session_state.get(param, default)
        st.session_state[param] = [name for name in before if name in options][:most]

    def write_address() -> None:
        st.query_params[param] = join_ids(st.session_state[param])

    chosen = st.multiselect(
        label,
        options,
        format_func=names,
        key=param,
        max_selections=most,
        placeholder=placeholder,
        on_change=write_address,
        persist_state="session" if keeps else None,
    )
    keep_in_address(param, join_ids(chosen))
    return chosen


def tell_misread(
    label: str, param: str, reads: Callable[[str], bool], instead: str, told: DeltaGenerator | None = None
) -> None:
    """Say what the address asks of a field that is bound to it and cannot hold it, before the field drops it."""
    wanted = st.query_params.get(param)
    if wanted and not reads(wanted):
        sentence = f"The link asks for {wanted!r} in the field {label}, which cannot be; {instead} stands there."
        (told or st).warning(formats.plain(sentence), icon=":material/link_off:")


def tell_left_out(label: str, param: str, options: Iterable[str], told: DeltaGenerator) -> None:
    """Say what the address asks of a filter and is none of its options, before the filter drops it.

    Otherwise everybody would be taken for those whom a colleague has sent.
    """
    known = set(options)
    if unknown := [repr(value) for value in st.query_params.get_all(param) if value and value not in known]:
        sentence = f"The link asks for {', '.join(unknown)} in the filter {label}, which this data set does not offer; "
        told.warning(formats.plain(f"{sentence}the filter leaves it out."), icon=":material/link_off:")


def whole_number(least: int, most: int = _MOST_EXACT) -> Callable[[str], bool]:
    """Whether a text is a whole number in a range, or empty.

    As the field reads it, which takes 1e3 for a thousand and nothing beyond what a browser counts exactly.

    >>> [whole_number(1, 100)(text) for text in ("", "7", "1e2", "0", "101", "7.5", "seven", "inf")]
    [True, True, True, False, False, False, False, False]
    >>> whole_number(1)("9007199254740992")
    False
    """

    def reads(text: str) -> bool:
        with suppress(ValueError):
            return not text.strip() or (float(text).is_integer() and least <= float(text) <= most)
        return False

    return reads


def join_ids(ids: Iterable[str]) -> str:
    """Identities in one text for an address; a comma inside one is written as %2C.

    >>> join_ids(["ana", "smith, john", "100%"])
    'ana,smith%2C john,100%25'
    """
    return ",".join(name.replace("%", "%25").replace(",", "%2C") for name in ids)


def split_ids(text: str, options: Iterable[str] = ()) -> list[str]:
    """The identities in the text of an address, each once; a text that is itself one of the options is one.

    >>> split_ids("ana,smith%2C john,100%25,ana,"), split_ids("smith, john", ["smith, john"]), split_ids("")
    (['ana', 'smith, john', '100%'], ['smith, john'], [])
    """
    if text in options:
        return [text]
    parts = (part.strip().replace("%2C", ",").replace("%25", "%") for part in text.split(","))
    return list(dict.fromkeys(part for part in parts if part))


def narrowing(label: str, options: list[str], told: DeltaGenerator) -> list[str]:
    """A filter in the sidebar by marks, any of which an entry must bear; bound to the address as `only`."""
    tell_left_out(label, "only", options, told)
    return st.sidebar.multiselect(label, options, key="only", bind="query-params", placeholder="Anybody")


def one_of(label: str, options: list[str], param: str, told: DeltaGenerator | None = None) -> str:
    """A row of buttons of which one is pressed, the first one at first; bound to the address, kept over other pages."""
    if len(options) < 2:
        return options[0]
    tell_misread(label, param, options.__contains__, options[0], told)
    if st.session_state.get(param, options[0]) not in options:
        del st.session_state[param]
    pressed = st.segmented_control(
        label,
        options,
        default=options[0],
        key=param,
        bind="query-params",
        persist_state="session",
        required=True,
    )
    return str(pressed or options[0])


def search_box(label: str, placeholder: str) -> str:
    """A search box bound to the address."""
    return st.text_input(label, key="search", placeholder=placeholder, bind="query-params", live=_PAUSE) or ""


def profile_values(table: pd.DataFrame) -> dict[str, list[str]]:
    """The values of each column of the profile, in the order of the alphabet.

    >>> table = pd.DataFrame({column: ["b", "A", None, "b"] for column in PROFILE})
    >>> profile_values(table)["sport"]
    ['A', 'b']
    """
    return {column: sorted(table[column].dropna().astype(str).unique(), key=folded) for column in PROFILE}


def profile_filters(values_of: dict[str, list[str]], told: DeltaGenerator) -> dict[str, list[str]]:
    """Filters in the sidebar for those columns of the profile that have a choice to offer.

    Args:
        values_of: from `profile_values`.
        told: where it is told what a link asks of them in vain.
    """
    chosen: dict[str, list[str]] = {}
    for column, values in values_of.items():
        tell_left_out(column.capitalize(), column, values, told)
        if len(values) > 1:
            chosen[column] = st.sidebar.multiselect(
                column.capitalize(), values, key=column, bind="query-params", placeholder="Any"
            )
    return chosen


def matching(table: pd.DataFrame, search: str, chosen: dict[str, list[str]]) -> pd.DataFrame:
    """Rows whose name or team holds the search text, without regard to case and accents, and that pass all filters."""
    kept = pd.Series(True, index=table.index)
    for column, values in chosen.items():
        if values:
            kept &= table[column].isin(values)
    if search.strip():
        text = table["name"].fillna("") + " " + table["team"].fillna("")
        kept &= text.map(folded).str.contains(folded(search.strip()), regex=False)
    return table[kept]


def forget() -> None:
    """Empty every search, filter and choice.

    The address keeps them until the page is opened without: Streamlit lets nobody take out what is bound to a field.
    """
    for param in ("search", *PROFILE, "athlete", "bundle", "grouping", "handle", "within", "only", *BRAND):
        st.session_state.pop(param, None)
    st.session_state[_FORGOTTEN] = True


def are_forgotten() -> bool:
    """Whether everything was emptied just now, so that the page has to be opened with nothing in its address; once."""
    return bool(st.session_state.pop(_FORGOTTEN, False))


def folded(text: str) -> str:
    """A text without case and accents.

    >>> folded("Luka Dončić")
    'luka doncic'
    """
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
