"""Handles that can be trusted: votes, consensus, audit, and what people decided in review."""
