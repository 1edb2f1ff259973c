"""Clips after one another: made to match, joined, with transitions."""
