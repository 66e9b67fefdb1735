"""The parts of the set-up, by the standard library alone: they run before any package is there."""
