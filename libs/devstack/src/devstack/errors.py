"""The one error that devstack shows to people."""


class DevstackError(Exception):
    """Something the person at the terminal can act on; the text is the sentence they read, without a traceback."""
