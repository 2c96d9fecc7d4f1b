"""The options of commands that a person signs."""

from typing import Annotated

import typer

Why = Annotated[str, typer.Option("--why", help="The reason; it is kept for good.")]
Who = Annotated[str | None, typer.Option("--who", help="Your name; by default that of the account.")]
