"""Text as pictures: set, drawn, timed."""
