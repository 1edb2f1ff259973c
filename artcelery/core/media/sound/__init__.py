"""Sound: mixed, levelled, generated, exact to the sample."""
