"""Who signs a decision: the name that is typed where the app is open, else whoever is signed in."""

from collections.abc import Mapping
from typing import NamedTuple

import streamlit as st

from athlete_intel.texts import visible
from athlete_intel.ui import formats, sign_in

_NAME = "Your name"


class Signature(NamedTuple):
    """Who decides, why, and in which role."""

    who: str
    why: str
    role: str
    reason: str = "Reason"
    """What the field for the reason is called."""


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
        who = left.text_input(_NAME, key=f"{key}-who", max_chars=100)
    else:
        who, role = person.signature, person.signs_as(role)
        # What the browser sends for this field is not looked at.
        left.text_input("Signed by", who, disabled=True, key=f"{key}-signed")
    why = right.text_input(reason, key=f"{key}-why", max_chars=1_000)
    return Signature(who, why, role, reason)


def sent(label: str, icon: str, signed: Signature, fields: Mapping[str, str] | None = None) -> bool:
    """The button under a form; whether it was pressed with all filled in that must be. What is empty is named there.

    Args:
        label: of the button.
        icon: of the button.
        signed: from `signature`.
        fields: further texts that must be filled in, by what their fields are called.
    """
    if not st.form_submit_button(label, icon=icon):
        return False
    if empty := unfilled({**(fields or {}), _NAME: signed.who, signed.reason: signed.why}):
        st.error(formats.plain(empty), icon=":material/edit_off:")
    return not empty


def unfilled(fields: Mapping[str, str]) -> str:
    """Which fields of a form are empty; nothing where none is.

    >>> unfilled({"Your name": "", "Reason": " "}), unfilled({"Your name": "Mia", "Reason": ""})
    ('Please fill in: Your name, Reason.', 'Please fill in: Reason.')
    >>> unfilled({"Your name": "Mia", "Reason": "as agreed"})
    ''
    """
    empty = [label for label, text in fields.items() if not visible(text).strip()]
    return f"Please fill in: {', '.join(empty)}." if empty else ""
