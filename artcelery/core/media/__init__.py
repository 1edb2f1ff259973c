"""Probe, read, filter, write: the only room that imports PyAV and Pillow."""
