"""``fermata profile``: all that is known of a person, for people to read."""
