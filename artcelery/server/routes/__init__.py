"""Routes by subject; each translates a request into one call of the core, and what comes of it into a reply."""
