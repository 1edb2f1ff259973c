"""What can be found out about sounds and pictures by calculation: numpy only, the same numbers on every processor."""
