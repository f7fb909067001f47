"""Witnesses: what a change claims of itself, and a checker that shares nothing with the search."""
