"""The outside: one package or module a system, each turning answers into nouns and every failure into SourceError.

Nothing here is imported before the first paint.
"""
