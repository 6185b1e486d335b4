"""The published language of Tidings: every event's name, payload and limits, shared by whoever publishes or reads it.

Within a major version a payload only grows: readers ignore fields they do not know, nobody removes or retypes one. This package
knows neither storage nor transport, so that a domain may import it.
"""
