"""Failure: what is learned from an observation that contradicts what was believed."""
