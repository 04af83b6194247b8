"""The kinds of sources, a module each, found by themselves."""
