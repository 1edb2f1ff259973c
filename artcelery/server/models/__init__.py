"""What requests and replies hold, by subject."""
