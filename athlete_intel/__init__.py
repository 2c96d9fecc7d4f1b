"""Athlete Intelligence: influence rankings, expected payouts and bundles of athletes."""

__version__ = "0.1.0"
