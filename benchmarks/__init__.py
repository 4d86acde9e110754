"""Speed and memory, measured: each module here with a `run` gives figures, `python -m benchmarks` prints them all.

Nothing is judged by a test: machines differ. What is compared is compared within one run.
"""
