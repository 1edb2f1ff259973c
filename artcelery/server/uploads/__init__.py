"""Bodies of requests that become files: read as they come, never held in memory."""
