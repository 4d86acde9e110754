"""A fleet that is a pure function of (seed, start, time): see `world.World`."""
