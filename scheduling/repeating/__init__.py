"""Recurring visits: foresee, start, go on with, change and end a series."""
