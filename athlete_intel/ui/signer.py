"""Who signs a decision: the name that is typed where the app is open, else whoever is signed in."""

from typing import NamedTuple

import streamlit as st

from athlete_intel.ui import sign_in


class Signature(NamedTuple):
    """Who decides, why, and in which role."""

    who: str
    why: str
    role: str


def signature(key: str, role: str, reason: str = "Reason") -> Signature:
    """The two fields under a form. Who is signed in cannot sign with another name.

    Args:
        key: key of the form.
        role: the role in which such a decision is usually taken.
        reason: label of the field for the reason.
    """
    left, right = st.columns([1, 2])
    person = sign_in.person()
    if person is None:
        who = left.text_input("Your name", key=f"{key}-who", max_chars=100)
    else:
        who, role = person.signature, person.signs_as(role)
        # What the browser sends for this field is not looked at.
        left.text_input("Signed by", who, disabled=True, key=f"{key}-signed")
    why = right.text_input(reason, key=f"{key}-why", max_chars=1_000)
    return Signature(who, why, role)
