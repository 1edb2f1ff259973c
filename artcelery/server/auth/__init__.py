"""Who asks: sign-in through L2, sessions, tokens."""
