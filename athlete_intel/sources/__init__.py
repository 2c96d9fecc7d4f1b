"""Bytes or rows in, contract tables out."""
