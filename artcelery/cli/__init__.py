"""The command line: parse, one engine call, print."""
