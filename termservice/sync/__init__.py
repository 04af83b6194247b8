"""Sources and scheduled loading: new releases arrive by themselves, and nothing that comes in can break the service.

A configuration file lists sources (`kinds/`, a module each). A pass (`running.py`) asks each what it offers, fetches
what is new beside the store, loads it as `ingest` does, and lets the guard (`guard.py`) hold back what looks wrong.
"""
