"""Measurements, each printed as a table; none is a test, because machines differ and are noisy."""
