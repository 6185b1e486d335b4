"""Maintenance's aggregates: windows, and the series that windows recur in. Pure: time and ids are arguments."""
