"""Who is signed in, and what stands before the pages until somebody is. With no people file the app is open."""

import logging
from collections.abc import Mapping
from importlib.util import find_spec
from typing import NamedTuple

import streamlit as st
from streamlit.navigation.page import Page

from athlete_intel.errors import NobodySignedInError, PeopleError, RefusedError
from athlete_intel.people import Person, admitted, read_people
from athlete_intel.settings import load_settings
from athlete_intel.ui import formats, wishes

_NAME = "Athlete Intelligence"
_PACKAGES = ("authlib", "httpx")
_KEYS = ("redirect_uri", "cookie_secret", "client_id", "client_secret", "server_metadata_url")
_SHORTEST_SECRET = 32
_SECTION = """[auth]
redirect_uri = "https://your.address/oauth2callback"
cookie_secret = "…"  # python -c "import secrets; print(secrets.token_hex(32))"
client_id = "…"
client_secret = "…"
server_metadata_url = "https://your.provider/.well-known/openid-configuration\""""


class Lack(NamedTuple):
    """What sign-in still needs: a sentence, and what to run or to write."""

    sentence: str
    code: str


def person() -> Person | None:
    """Who is signed in; None where nobody has to, as the settings name no people.

    The file is read each time, so that somebody taken out of it is out with the next click.

    Raises:
        PeopleError: the people file cannot be used.
        NobodySignedInError: nobody has signed in yet, or sign-in is not set up.
        RefusedError: who signed in may not come in.
    """
    path = load_settings().people
    if path is None:
        return None
    people = read_people(path)
    if lack() or st.user.get("is_logged_in") is not True:
        raise NobodySignedInError("Nobody has signed in.")
    return admitted(people, st.user.to_dict())


def lack() -> Lack | None:
    """What is missing for people to sign in, if anything is.

    A short secret counts as missing: who guesses it can sign a cookie as anybody.
    """
    if not all(find_spec(name) for name in _PACKAGES):
        return Lack("Sign-in needs two more packages. Install them:", "pip install -e '.[signin]'")
    section = st.secrets.get("auth") if st.secrets.load_if_toml_exists() else None
    if not isinstance(section, Mapping):
        told = "Sign-in is not set up: .streamlit/secrets.toml has no section [auth]. Add it:"
        return Lack(told, _SECTION)
    if missing := [key for key in _KEYS if not section.get(key)]:
        told = f"Sign-in is not set up: [auth] in .streamlit/secrets.toml lacks {', '.join(missing)}. It needs:"
        return Lack(told, _SECTION)
    if len(str(section["cookie_secret"])) < _SHORTEST_SECRET:
        told = f"The cookie_secret in .streamlit/secrets.toml is shorter than {_SHORTEST_SECRET} characters. Make one:"
        return Lack(told, 'python -c "import secrets; print(secrets.token_hex(32))"')
    return None


def gate(page: Page) -> None:
    """Let in who may come in. Everybody else is told what to do, and the run ends before any data is read."""
    try:
        person()
    except NobodySignedInError:
        wishes.remember(wishes.Wish(page.url_path, st.query_params.to_dict()))
        _ask()
    except RefusedError as error:
        _refuse(str(error))
    except PeopleError as error:
        # The sentence may hold addresses of others, so it is not for whoever looks at the page.
        logging.getLogger(__name__).error("%s", error)
        st.title(_NAME, anchor=False)
        _closed("The list of people cannot be used, so nobody can come in.", "athlete-intel doctor")
    else:
        return
    st.stop()


def in_sidebar() -> None:
    """Who is signed in, and the way out."""
    who = person()
    if who is None:
        return
    st.sidebar.caption(formats.plain(f"Signed in as {who.name} ({', '.join(who.roles)})"))
    st.sidebar.button("Sign out", on_click=st.logout, icon=":material/logout:", key="sign-out")


def data_sets(published: list[str], usual: str) -> list[str]:
    """The published data sets that may be shown; where there is none for who is signed in, the run ends in words."""
    who = person()
    if who is None:
        return published
    own = who.data_sets(published, usual)
    if not own:
        st.title("Nothing to show yet", anchor=False)
        told = "No data set that you may see is published here yet. Ask whoever keeps the list of people."
        st.info(told, icon=":material/inventory_2:")
        st.stop()
    return own


def _ask() -> None:
    st.title(_NAME, anchor=False)
    st.markdown("Influence rankings, expected payouts and bundles of athletes, for brands and athletes.")
    if found := lack():
        _closed(*found)
        return
    st.markdown("Only people who were invited can come in. Sign in to see what is yours.")
    st.button("Sign in", on_click=st.login, icon=":material/login:", key="sign-in")


def _refuse(sentence: str) -> None:
    st.title("You cannot come in with this account", anchor=False)
    st.warning(formats.plain(sentence), icon=":material/person_off:")
    st.button("Use another account", on_click=st.logout, icon=":material/logout:", key="sign-out")


def _closed(sentence: str, code: str) -> None:
    st.error(formats.plain(sentence), icon=":material/lock:")
    st.caption("For whoever runs this:")
    st.code(code, language=None, wrap_lines=True)
