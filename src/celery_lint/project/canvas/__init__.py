"""Chains, groups and chords: how signatures are put together."""
