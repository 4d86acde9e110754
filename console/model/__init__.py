"""The nouns: frozen values of the standard library alone.

Times are aware and UTC, spans are timedeltas, ratios lie in 0..1, and no data is None, never 0.
"""
