"""artcelery over HTTP: the engine's calls, for programs and for the people of a server."""
