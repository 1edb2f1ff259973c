"""Built-in effects, one file each, in the same format as a user's own."""
