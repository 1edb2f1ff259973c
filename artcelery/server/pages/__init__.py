"""The server for people: pages at the same addresses as the API, made by templates, and the files that they load."""
