"""Judgement: pure functions over model's nouns. No I/O, no clock, no network; every function says how sure it is."""
