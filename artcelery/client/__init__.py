"""A server as commands see it: the calls of the engine, over HTTP."""
